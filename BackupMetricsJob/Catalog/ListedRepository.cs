namespace BackupMetricsJob.Catalog;

/// <summary>A repository in which a tool keeps backups and WAL.</summary>
/// <param name="Storage">The repository's name in the rows of its backups.</param>
/// <param name="Error">The tool's error, if it could not read the repository.</param>
internal sealed record ListedRepository(string Storage, string? Error)
{
    /// <summary>The oldest and the newest WAL segment in the repository's archive.</summary>
    public string? FirstWal { get; init; }

    public string? LastWal { get; init; }
}
