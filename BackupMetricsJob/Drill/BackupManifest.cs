namespace BackupMetricsJob.Drill;

/// <summary>A backup's own list of its files, with their sizes and checksums (PostgreSQL 13), and where these files are now.</summary>
/// <param name="File">Where the list is, whatever the tool calls it.</param>
/// <param name="Directory">The data directory that it is the list of.</param>
internal sealed record BackupManifest(string File, string Directory)
{
    /// <summary>The name that PostgreSQL gives it.</summary>
    public const string Name = "backup_manifest";

    /// <summary>What the tool itself changes when it restores, or adds.</summary>
    public IReadOnlyList<string> Changed { get; init; } = [];

    /// <summary>In a message about one of several.</summary>
    public string Of => Path.GetFileName(Directory);
}
