namespace BackupMetricsJob.Backups;

/// <summary>
/// A database server as the metrics know it: the name in the label <c>instance</c>, unique within a job, the user's own labels,
/// and the limits and sources configured for it. All of it is published whether the server answers or not.
/// </summary>
internal sealed record Instance(
    string Name,
    IReadOnlyList<InstanceLabel> Labels,
    IReadOnlyList<AgeLimit> Limits,
    IReadOnlyList<string> Sources
)
{
    /// <summary>In how many storages a backup must be that is new enough; null if that was not asked for.</summary>
    public int? Copies { get; init; }

    /// <summary>How far back a restore must reach; empty if that was not asked for.</summary>
    public IReadOnlyList<WindowLimit> Window { get; init; } = [];

    /// <summary>Whether another shard of the job may read the catalogue that knows its backups.</summary>
    public bool IsSharded { get; init; }
}

/// <summary>A label of the user's own.</summary>
internal sealed record InstanceLabel(string Name, string Value);
