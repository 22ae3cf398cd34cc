namespace BackupMetricsJob.Exposition;

/// <summary>The metrics of restore tests, which a drill runs; part of <see cref="MetricNames.All"/>.</summary>
internal static class RestoreTestMetricNames
{
    public static readonly Metric LastSuccess = new(
        "postgres_backup_last_restore_test_timestamp_seconds",
        "When a backup was last restored successfully, in seconds since 1970.",
        "source",
        "tool"
    );

    public static readonly Metric Success = new(
        "postgres_restore_test_success",
        "1 if the last restore test restored the backup and all its checks were good, else 0.",
        "tool"
    );

    public static readonly Metric Time = new(
        "postgres_restore_test_timestamp_seconds",
        "When the last restore test ended, in seconds since 1970.",
        "tool"
    );

    public static readonly Metric Unfinished = new(
        "postgres_restore_test_unfinished_timestamp_seconds",
        "When the newest drill ended without a verdict on the backup, in seconds since 1970; none if it came to one.",
        "tool"
    );

    public static readonly Metric Duration = new(
        "postgres_restore_test_duration_seconds",
        "How long each phase of the last restore test took, in seconds: fetch, verify, replay, check.",
        "tool",
        "phase"
    );

    public static readonly Metric RecoveredUntil = new(
        "postgres_restore_test_recovered_until_timestamp_seconds",
        "When the last transaction that the last restore test brought back had ended, in seconds since 1970.",
        "tool"
    );

    public static readonly Metric Shortfall = new(
        "postgres_restore_test_shortfall_seconds",
        "How much work, in seconds, the last restore test did not bring back although it was claimed to be safe.",
        "tool"
    );
}
