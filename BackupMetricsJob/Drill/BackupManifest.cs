namespace BackupMetricsJob.Drill;

/// <summary>A backup's manifest: its own list of files with sizes and checksums (PostgreSQL 13), and the location of these files.</summary>
/// <param name="File">The path of the manifest, whatever the tool calls it.</param>
/// <param name="Directory">The data directory that the manifest describes.</param>
internal sealed record BackupManifest(string File, string Directory)
{
    /// <summary>PostgreSQL's name for the manifest.</summary>
    public const string Name = "backup_manifest";

    /// <summary>The files that the tool itself changes or adds during a restore.</summary>
    public IReadOnlyList<string> Changed { get; init; } = [];

    /// <summary>The name of this backup in messages, if there are several.</summary>
    public string Of => Path.GetFileName(Directory);
}
