namespace BackupMetricsJob.Backups;

/// <summary>The names of the sources, as used in the label <c>source</c>.</summary>
internal static class SourceName
{
    /// <summary>PostgreSQL itself: its archiver, its pg_wal and its backup history file.</summary>
    public const string Server = "server";

    /// <summary>The table backup_metrics.backup_catalog: the reports of backup tools about one server or thousands.</summary>
    public const string Catalog = "catalog";

    /// <summary>pgMonitor's table pgbackrest_info.</summary>
    public const string PgMonitor = "pgmonitor";

    /// <summary>The user's own SELECT.</summary>
    public const string Query = "query";

    /// <summary>pgwatch's functions get_backup_age_pgbackrest() and get_backup_age_walg().</summary>
    public const string PgWatch = "pgwatch";

    /// <summary>All sources, in reading order; those that start other programs come last.</summary>
    public static IReadOnlyList<string> All { get; } = [Server, Catalog, PgMonitor, Query, PgWatch];
}
