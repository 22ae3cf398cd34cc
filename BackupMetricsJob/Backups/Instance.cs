namespace BackupMetricsJob.Backups;

/// <summary>
/// A database server as the metrics know it: the value of the label <c>instance</c>, unique within a job, the user's own labels, and the
/// configured limits and sources. All of it is published even if the server does not answer.
/// </summary>
internal sealed record Instance(
    string Name,
    IReadOnlyList<InstanceLabel> Labels,
    IReadOnlyList<AgeLimit> Limits,
    IReadOnlyList<string> Sources
)
{
    /// <summary>How many storages must hold a recent enough backup; null if not configured.</summary>
    public int? Copies { get; init; }

    /// <summary>How far back a restore must reach; empty if not configured.</summary>
    public IReadOnlyList<WindowLimit> Window { get; init; } = [];

    /// <summary>Whether another shard of the job may read the catalogue that has this instance's backups.</summary>
    public bool IsSharded { get; init; }
}

/// <summary>A user-defined label.</summary>
internal sealed record InstanceLabel(string Name, string Value);
