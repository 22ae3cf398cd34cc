using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using BackupMetricsJob.Schedule.Options;
using Quartz;

namespace BackupMetricsJob.Schedule.Scheduling;

/// <summary>Where the schedule is kept: in memory for a host on its own, in PostgreSQL for a cluster.</summary>
internal static class ScheduleStore
{
    /// <summary>A node that has not been heard of for these two together is gone, and another one takes over.</summary>
    public static readonly TimeSpan CheckIn = TimeSpan.FromSeconds(2);
    public static readonly TimeSpan CheckInTolerance = TimeSpan.FromSeconds(3);

    /// <summary>A slot that is later than this is a missed one, and all missed ones are caught up by one run.</summary>
    static readonly TimeSpan Misfire = TimeSpan.FromSeconds(2);

    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    public static void InMemory(IQuartzBuilder scheduler) => scheduler.UseInMemoryStore(memory => memory.MisfireThreshold = Misfire);

    [UnconditionalSuppressMessage(
        "Trimming",
        "IL2026",
        Justification = "Quartz looks for the driver's types by name only where it must make the connections itself "
            + "(DbMetadataResolver.ResolveWithoutTypes)."
    )]
    public static void InPostgres(IQuartzBuilder scheduler, ClusterOptions cluster, DbDataSource connections)
    {
        scheduler.ConfigureScheduler(options => (options.InstanceName, options.InstanceId) = (cluster.Name, cluster.Node));
        scheduler.UsePersistentStore(store =>
        {
            // Given a connection string too, Quartz takes that, which has neither the password nor our check of the server's certificate.
            store.UsePostgres(source => source.DataSourceFactory = _ => connections);
            store.UseSystemTextJsonSerializer();
            store.UseClustering(nodes => (nodes.CheckinInterval, nodes.CheckinMisfireThreshold) = (CheckIn, CheckInTolerance));
            store.ProvisionSchema();
            store.ConfigureStore(options =>
            {
                options.StoreJobDataAsStrings = true;
                options.MisfireThreshold = Misfire;
                options.CommandTimeout = Timeout;
                options.DbRetryInterval = CheckIn;
            });
        });
    }
}
