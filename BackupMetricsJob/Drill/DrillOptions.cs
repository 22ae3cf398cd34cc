using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Drill;

/// <summary>What is drilled, and how.</summary>
/// <param name="Server">The server whose backup it is: the label instance, and its name in the catalogue.</param>
internal sealed record DrillOptions(string Server, DrillTool Tool)
{
    /// <summary>pgBackRest's stanza, or Barman's server.</summary>
    public string? Stanza { get; init; }

    /// <summary>The tool's configuration file; null for the one that it finds itself.</summary>
    public string? ToolConfig { get; init; }

    /// <summary>Directories that pg_basebackup made: a full backup, then the incremental ones on top of it.</summary>
    public IReadOnlyList<string> Directories { get; init; } = [];

    /// <summary>A directory with WAL, or a restore_command; null for none.</summary>
    public string? Archive { get; init; }

    /// <summary>Whether there is an archive to replay: without one, the WAL in the backup is all there is.</summary>
    public bool HasArchive => Archive is not null || Tool is not (DrillTool.BaseBackup or DrillTool.Command or DrillTool.Dump);

    /// <summary>The file or directory that pg_dump made.</summary>
    public string? Dump { get; init; }

    /// <summary>The shell line that fetches a backup.</summary>
    public string? RestoreCommand { get; init; }

    /// <summary>Whether what is fetched is an atomic snapshot of the storage: it has no backup_label and needs none.</summary>
    public bool IsSnapshot { get; init; }

    /// <summary>In it the drill makes a folder of its own.</summary>
    public required string WorkDirectory { get; init; }

    /// <summary>PostgreSQL's programs; null to look for those of the backup's own version.</summary>
    public string? BinDirectory { get; init; }

    /// <summary>A file of SELECTs that must return true.</summary>
    public string? QueryFile { get; init; }

    /// <summary>Where these are run; of a dump: always in the database that it was loaded into.</summary>
    public string Database { get; init; } = "postgres";

    /// <summary>A superuser of the restored cluster.</summary>
    public string Superuser { get; init; } = "postgres";

    /// <summary>Libraries that the cluster cannot start or be read without.</summary>
    public string Preload { get; init; } = "";

    public bool Amcheck { get; init; }

    /// <summary>The server that was backed up, if it still lives and was named.</summary>
    public ConnectionSettings? LiveServer { get; init; }

    public required TimeSpan Timeout { get; init; }

    /// <summary>Whether the folder is left there. The server is stopped in any case.</summary>
    public bool Keep { get; init; }
}
