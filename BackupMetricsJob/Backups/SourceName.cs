namespace BackupMetricsJob.Backups;

/// <summary>The names of the sources of facts, as they stand in the label <c>source</c>.</summary>
internal static class SourceName
{
    /// <summary>PostgreSQL itself: its archiver, its pg_wal and its backup history file.</summary>
    public const string Server = "server";

    /// <summary>The table backup_metrics.backup_catalog, which holds what the backup tools said, of one server or of thousands.</summary>
    public const string Catalog = "catalog";

    /// <summary>pgMonitor's table pgbackrest_info.</summary>
    public const string PgMonitor = "pgmonitor";

    /// <summary>The user's own SELECT.</summary>
    public const string Query = "query";

    /// <summary>pgwatch's functions get_backup_age_pgbackrest() and get_backup_age_walg().</summary>
    public const string PgWatch = "pgwatch";

    /// <summary>All of them, in the order in which they are read: those that start other programs last.</summary>
    public static IReadOnlyList<string> All { get; } = [Server, Catalog, PgMonitor, Query, PgWatch];
}
