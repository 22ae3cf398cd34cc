namespace BackupMetricsJob.Catalog;

/// <summary>A place that a tool keeps backups and WAL in.</summary>
/// <param name="Storage">Its name in the rows of its backups.</param>
/// <param name="Error">What the tool said instead of reading it.</param>
internal sealed record ListedRepository(string Storage, string? Error)
{
    /// <summary>The oldest and the newest WAL segment in its archive.</summary>
    public string? FirstWal { get; init; }

    public string? LastWal { get; init; }
}
