using BackupMetricsJob.Configuration;
using BackupMetricsJob.Postgres;
using BackupMetricsJob.Schedule.Slots;

namespace BackupMetricsJob.Schedule.Options;

/// <summary>Where the nodes of a cluster keep their common schedule.</summary>
/// <param name="Name">Nodes with the same name share one schedule.</param>
/// <param name="Node">This node's name, which no other node of the cluster has.</param>
internal sealed record ClusterOptions(ConnectionSettings Connection, string Name, string Node);

/// <summary>Everything the daemon needs to know, and all of it valid.</summary>
internal sealed record ScheduleOptions(JobOptions Job, OutputOptions Output, CronSchedule Plan)
{
    /// <summary>Null where this host is on its own.</summary>
    public ClusterOptions? Cluster { get; init; }

    /// <summary>Where HTTP is served; null for nowhere.</summary>
    public ListenAddress? Listen { get; init; }

    /// <summary>The file with TLS and users; null for none.</summary>
    public Setting? WebConfig { get; init; }

    /// <summary>How long a run may go on after SIGTERM before it is cut.</summary>
    public TimeSpan Grace { get; init; }

    /// <summary>Whether a run pushes; else it is only shown.</summary>
    public bool Pushes { get; init; } = true;
}
