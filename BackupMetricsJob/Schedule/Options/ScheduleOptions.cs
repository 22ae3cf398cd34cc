using BackupMetricsJob.Configuration;
using BackupMetricsJob.Postgres;
using BackupMetricsJob.Schedule.Slots;

namespace BackupMetricsJob.Schedule.Options;

/// <summary>The database in which the nodes of a cluster share their schedule.</summary>
/// <param name="Name">Nodes with the same name share one schedule.</param>
/// <param name="Node">This node's name, unique in the cluster.</param>
internal sealed record ClusterOptions(ConnectionSettings Connection, string Name, string Node);

/// <summary>The daemon's settings, all of them valid.</summary>
internal sealed record ScheduleOptions(JobOptions Job, OutputOptions Output, CronSchedule Plan)
{
    /// <summary>Null without a cluster.</summary>
    public ClusterOptions? Cluster { get; init; }

    /// <summary>The address of the HTTP server; null for none.</summary>
    public ListenAddress? Listen { get; init; }

    /// <summary>The file with TLS settings and users; null for none.</summary>
    public Setting? WebConfig { get; init; }

    /// <summary>How long a run may continue after SIGTERM before it is cancelled.</summary>
    public TimeSpan Grace { get; init; }

    /// <summary>Whether a run pushes; otherwise its results are only shown.</summary>
    public bool Pushes { get; init; } = true;
}
