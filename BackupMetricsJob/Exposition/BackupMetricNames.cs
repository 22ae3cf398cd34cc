namespace BackupMetricsJob.Exposition;

/// <summary>The metrics of the backups of a database, by source, tool and type; part of <see cref="MetricNames.All"/>.</summary>
internal static class BackupMetricNames
{
    public static readonly Metric LastSuccess = new(
        "postgres_backup_last_success_timestamp_seconds",
        "When the newest good backup finished, in seconds since 1970.",
        "source",
        "tool",
        "type"
    );

    public static readonly Metric Age = new(
        "postgres_backup_age_seconds",
        "Age of the newest good backup at the probe, in seconds. It freezes when the job dies: alert on the timestamp.",
        "source",
        "tool",
        "type"
    );

    public static readonly Metric LastDuration = new(
        "postgres_backup_last_duration_seconds",
        "How long the newest good backup took, in seconds.",
        "source",
        "tool",
        "type"
    );

    public static readonly Metric LastSize = new(
        "postgres_backup_last_size_bytes",
        "Size of what the newest good backup holds, uncompressed, in bytes.",
        "source",
        "tool",
        "type"
    );

    public static readonly Metric LastStored = new(
        "postgres_backup_last_stored_bytes",
        "Size that the newest good backup takes where it is stored, in bytes.",
        "source",
        "tool",
        "type"
    );

    public static readonly Metric LastHasErrors = new(
        "postgres_backup_last_has_errors",
        "1 if the tool finished the newest backup but found errors in it, such as wrong page checksums, else 0.",
        "source",
        "tool",
        "type"
    );

    public static readonly Metric SizeRatio = new(
        "postgres_backup_last_size_ratio",
        "Size of the newest good backup against the median of up to ten of its kind before it.",
        "source",
        "tool",
        "type"
    );

    public static readonly Metric LastFailure = new(
        "postgres_backup_last_failure_timestamp_seconds",
        "When a backup last failed, in seconds since 1970.",
        "source",
        "tool",
        "type"
    );

    public static readonly Metric Count = new("postgres_backups", "Backups that are kept, by state.", "source", "tool", "type", "state");

    public static readonly Metric Oldest = new(
        "postgres_backup_oldest_timestamp_seconds",
        "When the oldest kept full backup finished, in seconds since 1970: where the recovery window starts.",
        "source",
        "tool"
    );

    public static readonly Metric BrokenChains = new(
        "postgres_backup_broken_chains",
        "How many of the newest incremental or differential backups build on a backup that is gone, and can be restored from no storage.",
        "source",
        "tool",
        "type"
    );

    public static readonly Metric RunningSince = new(
        "postgres_backup_running_since_timestamp_seconds",
        "When the backup that has been running for longest started, in seconds since 1970.",
        "source",
        "tool",
        "type"
    );

    public static readonly Metric LongestDuration = new(
        "postgres_backup_longest_duration_seconds",
        "The longest that a good backup of this kind took before the one that runs, in seconds.",
        "source",
        "tool",
        "type"
    );

    public static readonly Metric MaxAge = new(
        "postgres_backup_max_age_seconds",
        "The limit configured for the age of the newest backup, in seconds; published whether the database answers or not.",
        "type",
        "severity"
    );
}
