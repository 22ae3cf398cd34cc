using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Drill;

/// <summary>What to drill, and how.</summary>
/// <param name="Server">The server that the backup belongs to: the label instance, and the name in the catalogue.</param>
internal sealed record DrillOptions(string Server, DrillTool Tool)
{
    /// <summary>pgBackRest's stanza, or Barman's server.</summary>
    public string? Stanza { get; init; }

    /// <summary>The tool's configuration file; null for the tool's default.</summary>
    public string? ToolConfig { get; init; }

    /// <summary>Directories created by pg_basebackup: a full backup, followed by incremental ones based on it.</summary>
    public IReadOnlyList<string> Directories { get; init; } = [];

    /// <summary>A directory with WAL, or a restore_command; null for none.</summary>
    public string? Archive { get; init; }

    /// <summary>Whether there is an archive to replay. Without one, the only WAL is that in the backup.</summary>
    public bool HasArchive => Archive is not null || Tool is not (DrillTool.BaseBackup or DrillTool.Command or DrillTool.Dump);

    /// <summary>The file or directory created by pg_dump.</summary>
    public string? Dump { get; init; }

    /// <summary>The shell line that fetches a backup.</summary>
    public string? RestoreCommand { get; init; }

    /// <summary>Whether the backup is an atomic snapshot of the storage, which has no backup_label and needs none.</summary>
    public bool IsSnapshot { get; init; }

    /// <summary>The directory in which the drill creates its folder.</summary>
    public required string WorkDirectory { get; init; }

    /// <summary>The directory of PostgreSQL's programs; null to find those of the backup's version.</summary>
    public string? BinDirectory { get; init; }

    /// <summary>A file of SELECTs that must return true.</summary>
    public string? QueryFile { get; init; }

    /// <summary>The database for the queries; for a dump always the one that it was loaded into.</summary>
    public string Database { get; init; } = "postgres";

    /// <summary>A superuser of the restored cluster.</summary>
    public string Superuser { get; init; } = "postgres";

    /// <summary>Libraries without which the cluster cannot start or be read.</summary>
    public string Preload { get; init; } = "";

    public bool Amcheck { get; init; }

    /// <summary>The live server that the backup is from, if it was named.</summary>
    public ConnectionSettings? LiveServer { get; init; }

    public required TimeSpan Timeout { get; init; }

    /// <summary>Whether to keep the folder. The server is stopped in any case.</summary>
    public bool Keep { get; init; }
}
