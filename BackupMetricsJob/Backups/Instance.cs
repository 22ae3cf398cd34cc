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
);

/// <summary>A label of the user's own.</summary>
internal sealed record InstanceLabel(string Name, string Value);
