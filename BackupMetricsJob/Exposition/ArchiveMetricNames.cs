namespace BackupMetricsJob.Exposition;

/// <summary>The metrics of what the listings of WAL archives say.</summary>
internal static class ArchiveMetricNames
{
    public static readonly Metric BackupWalMissing = new(
        "postgres_backup_wal_missing",
        "How many of the five newest backups lack WAL of their own, between their start and their end: they cannot be restored.",
        "source",
        "tool",
        "type"
    );

    public static readonly Metric MissingSegments = new(
        "postgres_wal_archive_missing_segments",
        "WAL segments missing in this archive, from the newest backup that can be restored to the newest segment; 0: nothing is missing.",
        "storage"
    );

    public static readonly Metric Listed = new(
        "postgres_wal_archive_listed_timestamp_seconds",
        "When this archive was last listed, in seconds since 1970.",
        "storage"
    );
}
