namespace BackupMetricsJob.Backups;

/// <summary>The names of the sources of facts, as they stand in the label <c>source</c>.</summary>
internal static class SourceName
{
    /// <summary>PostgreSQL itself: its archiver, its pg_wal and its backup history file.</summary>
    public const string Server = "server";
}
