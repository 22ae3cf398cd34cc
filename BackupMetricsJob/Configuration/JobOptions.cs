using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;
using BackupMetricsJob.Pushgateway;

namespace BackupMetricsJob.Configuration;

/// <summary>A database to probe: how to reach it, what is said about it, and what it is asked.</summary>
/// <param name="Target">Null where that cannot be known at this run, since a secret of its own cannot be read: see
/// <see cref="Failure"/>.</param>
internal sealed record MonitoredTarget(Target? Target, Instance Instance, SourceSettings Sources)
{
    /// <summary>
    /// Why there is nothing to connect to; the target has failed with it, and costs the others nothing. Null where there is a target.
    /// </summary>
    public ProbeFailure? Failure { get; init; }
}

/// <summary>Which part of a fleet this run is about: <paramref name="Index"/> of 0 to <paramref name="Count"/> - 1.</summary>
internal sealed record Shard(int Index, int Count);

/// <summary>Everything a run needs to know, and all of it valid.</summary>
internal sealed record JobOptions
{
    public required IReadOnlyList<MonitoredTarget> Targets { get; init; }

    /// <summary>
    /// What is configured but is not probed by this run (other shards, targets that were not selected): what a catalogue tells of them has
    /// their labels.
    /// </summary>
    public IReadOnlyList<Instance> OtherInstances { get; init; } = [];

    /// <summary>Each of them must get the push. Empty where nothing is to be pushed.</summary>
    public required IReadOnlyList<Gateway> Gateways { get; init; }

    public required GroupingKey Group { get; init; }

    /// <summary>Null where the job is not sharded.</summary>
    public Shard? Shard { get; init; }

    /// <summary>How many targets are probed at once; one that does not answer within a second is not counted any more.</summary>
    public int Concurrency { get; init; } = 16;

    /// <summary>The run starts up to this much later, at a moment that stays the same for this machine and group.</summary>
    public TimeSpan Splay { get; init; }

    /// <summary>Of the whole run from its start on, the push included; the splay is not.</summary>
    public required TimeSpan Deadline { get; init; }

    /// <summary>How often the job is meant to run; null where nobody said.</summary>
    public required TimeSpan? Interval { get; init; }

    /// <summary>Whether the settings could be read again before this run; null where they are read once.</summary>
    public bool? LastReloadSuccessful { get; init; }

    /// <summary>What somebody should know before it runs, a line each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Whether pghoard's and the wal-g exporter's own metric names are published too.</summary>
    public required bool LegacyNames { get; init; }
}
