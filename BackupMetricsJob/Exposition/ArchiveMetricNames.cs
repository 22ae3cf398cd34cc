namespace BackupMetricsJob.Exposition;

/// <summary>The metrics of WAL archiving: what the server reports about its archiver, and what the listings of the archives show.</summary>
internal static class ArchiveMetricNames
{
    public static readonly Metric State = new(
        "postgres_wal_archive_state",
        "State of WAL archiving: 1 for the state that holds, 0 for the others.",
        "state"
    );

    public static readonly Metric LastSuccess = new(
        "postgres_wal_archive_last_success_timestamp_seconds",
        "When the archiver last succeeded, in seconds since 1970."
    );

    public static readonly Metric LastFailure = new(
        "postgres_wal_archive_last_failure_timestamp_seconds",
        "When the archiver last failed, in seconds since 1970."
    );

    public static readonly Metric ArchivedFiles = new(
        "postgres_wal_archived_files_total",
        "Files archived since the server's statistics began, history files included."
    )
    {
        IsCounter = true,
    };

    public static readonly Metric Failures = new(
        "postgres_wal_archive_failures_total",
        "Failed attempts to archive since the server's statistics began."
    )
    {
        IsCounter = true,
    };

    public static readonly Metric WalDirectory = new("postgres_wal_directory_bytes", "Size of the files in pg_wal, in bytes.");

    public static readonly Metric ReadySegments = new("postgres_wal_archive_ready_segments", "WAL segments waiting to be archived.");

    public static readonly Metric OldestReady = new(
        "postgres_wal_archive_oldest_ready_timestamp_seconds",
        "Since when the oldest waiting WAL segment waits, in seconds since 1970."
    );

    public static readonly Metric Lag = new("postgres_wal_archive_lag_bytes", "WAL written but not archived, in bytes.");

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
