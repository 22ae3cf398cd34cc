using BackupMetricsJob.Backups;
using BackupMetricsJob.Http;
using BackupMetricsJob.Postgres;
using BackupMetricsJob.Pushgateway;

namespace BackupMetricsJob.Configuration;

/// <summary>A database to probe: its connection, its labels and limits, and the sources to read.</summary>
/// <param name="Target">Null if there is a <see cref="Failure"/>.</param>
internal sealed record MonitoredTarget(Target? Target, Instance Instance, SourceSettings Sources)
{
    /// <summary>
    /// Why this target cannot be probed in this run, such as a secret that cannot be read. Other targets are not affected.
    /// </summary>
    public ProbeFailure? Failure { get; init; }
}

/// <summary>Where a run imports lists into before it reads the same catalogue.</summary>
/// <param name="Connection">The database of the catalogue.</param>
/// <param name="Server">The server that every list describes; null for the servers that the lists name.</param>
/// <param name="IsOwnServer">Whether the catalogue is on the probed server itself.</param>
internal sealed record ImportTarget(ConnectionSettings Connection, string? Server, bool IsOwnServer)
{
    /// <summary>The probed server; null if only the catalogue is read.</summary>
    public ConnectionSettings? Probed { get; init; }
}

/// <summary>The part of the targets that a run probes. <paramref name="Index"/> counts from 0.</summary>
internal sealed record Shard(int Index, int Count);

/// <summary>The validated settings of a run.</summary>
internal sealed record JobOptions
{
    public required IReadOnlyList<MonitoredTarget> Targets { get; init; }

    /// <summary>Null if no list is to be imported.</summary>
    public ImportTarget? Import { get; init; }

    /// <summary>
    /// Targets that this run does not probe: those of other shards, and those that were not selected. If a catalogue contains them, they
    /// get their labels from here.
    /// </summary>
    public IReadOnlyList<Instance> OtherInstances { get; init; } = [];

    /// <summary>The gateways, each of which must get the push. Empty if nothing is pushed.</summary>
    public required IReadOnlyList<Gateway> Gateways { get; init; }

    /// <summary>The file for node_exporter's textfile collector; null for none.</summary>
    public string? Textfile { get; init; }

    /// <summary>The service that each run reports to, and that alerts somebody if no run does; null for none.</summary>
    public Heartbeat? Heartbeat { get; init; }

    /// <summary>The part of the deadline reserved for the last call to the heartbeat.</summary>
    public TimeSpan HeartbeatTimeout =>
        Heartbeat is null ? TimeSpan.Zero : TimeSpan.FromTicks(Math.Min(Deadline.Ticks / 4, JobDefaults.HeartbeatTimeout.Ticks));

    public required GroupingKey Group { get; init; }

    /// <summary>Null if the job is not sharded.</summary>
    public Shard? Shard { get; init; }

    /// <summary>How many targets are probed at once. A target that does not respond soon no longer counts.</summary>
    public required int Concurrency { get; init; }

    /// <summary>The maximum delay of the start. The delay is always the same for a machine and a group.</summary>
    public TimeSpan Splay { get; init; }

    /// <summary>The time limit of the whole command including any push, but not the splay.</summary>
    public required TimeSpan Deadline { get; init; }

    /// <summary>How often the job runs; null if not set.</summary>
    public required TimeSpan? Interval { get; init; }

    /// <summary>Whether the settings were reloaded successfully before this run; null if they are read only once.</summary>
    public bool? LastReloadSuccessful { get; init; }

    /// <summary>One line each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Whether to publish the metric names of pghoard and of the wal-g exporter, too.</summary>
    public required bool LegacyNames { get; init; }
}
