using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using BackupMetricsJob.Schedule.Options;
using Quartz;

namespace BackupMetricsJob.Schedule.Scheduling;

/// <summary>Configures where the schedule is stored: in memory for a single host, in PostgreSQL for a cluster.</summary>
internal static class QuartzStore
{
    /// <summary>A node whose last check-in is older than the sum of these two is considered dead, and another one takes over.</summary>
    public static readonly TimeSpan CheckIn = TimeSpan.FromSeconds(2);
    public static readonly TimeSpan CheckInTolerance = TimeSpan.FromSeconds(3);

    /// <summary>A slot that is later than this counts as missed; one run makes up for all missed slots.</summary>
    static readonly TimeSpan MisfireThreshold = TimeSpan.FromSeconds(2);

    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    public static void InMemory(IQuartzBuilder scheduler) =>
        scheduler.UseInMemoryStore(memory => memory.MisfireThreshold = MisfireThreshold);

    [UnconditionalSuppressMessage(
        "Trimming",
        "IL2026",
        Justification = "Quartz looks up the driver's types by name only if it creates the connections itself "
            + "(DbMetadataResolver.ResolveWithoutTypes)."
    )]
    public static void InPostgres(IQuartzBuilder scheduler, ClusterOptions cluster, DbDataSource connections)
    {
        scheduler.ConfigureScheduler(options => (options.InstanceName, options.InstanceId) = (cluster.Name, cluster.Node));
        scheduler.UsePersistentStore(store =>
        {
            // Set no connection string: Quartz would prefer it, and it has neither the password nor our certificate check.
            store.UsePostgres(source => source.DataSourceFactory = _ => connections);
            store.UseSystemTextJsonSerializer();
            store.UseClustering(nodes => (nodes.CheckinInterval, nodes.CheckinMisfireThreshold) = (CheckIn, CheckInTolerance));
            store.ProvisionSchema();
            store.ConfigureStore(options =>
            {
                options.StoreJobDataAsStrings = true;
                options.MisfireThreshold = MisfireThreshold;
                options.CommandTimeout = Timeout;
                options.DbRetryInterval = CheckIn;
            });
        });
    }
}
