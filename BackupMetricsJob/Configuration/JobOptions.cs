using BackupMetricsJob.Backups;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Targets;

namespace BackupMetricsJob.Configuration;

/// <summary>A database to probe: how to reach it, what is said about it, and what it is asked.</summary>
internal sealed record MonitoredTarget(Target Target, Instance Instance, SourceSettings Sources);

/// <summary>Everything a run needs to know, and all of it valid.</summary>
internal sealed record JobOptions
{
    public required IReadOnlyList<MonitoredTarget> Targets { get; init; }

    /// <summary>Null where nothing is to be pushed.</summary>
    public required GatewayAddress? Gateway { get; init; }

    public required GroupingKey Group { get; init; }

    /// <summary>Of the whole run, the push included.</summary>
    public required TimeSpan Deadline { get; init; }

    /// <summary>How often the job is meant to run; null where nobody said.</summary>
    public required TimeSpan? Interval { get; init; }

    /// <summary>Whether pghoard's and the wal-g exporter's own metric names are published too.</summary>
    public required bool LegacyNames { get; init; }
}
