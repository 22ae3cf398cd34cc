namespace BackupMetricsJob.Exposition;

/// <summary>Declares every metric once. docs/metrics.md says when each is absent; a test compares the two.</summary>
internal static class MetricNames
{
    public static readonly Metric BackupLastSuccess = new(
        "postgres_backup_last_success_timestamp_seconds",
        "When the newest good backup finished, in seconds since 1970.",
        "source",
        "tool",
        "type"
    );

    public static readonly Metric BackupAge = new(
        "postgres_backup_age_seconds",
        "Age of the newest good backup at the probe, in seconds. It freezes when the job dies: alert on the timestamp.",
        "source",
        "tool",
        "type"
    );

    public static readonly Metric BackupLastDuration = new(
        "postgres_backup_last_duration_seconds",
        "How long the newest good backup took, in seconds.",
        "source",
        "tool",
        "type"
    );

    public static readonly Metric BackupLastSize = new(
        "postgres_backup_last_size_bytes",
        "Size of what the newest good backup holds, uncompressed, in bytes.",
        "source",
        "tool",
        "type"
    );

    public static readonly Metric BackupLastStored = new(
        "postgres_backup_last_stored_bytes",
        "Size that the newest good backup takes where it is stored, in bytes.",
        "source",
        "tool",
        "type"
    );

    public static readonly Metric BackupLastHasErrors = new(
        "postgres_backup_last_has_errors",
        "1 if the tool finished the newest backup but found errors in it, such as wrong page checksums, else 0.",
        "source",
        "tool",
        "type"
    );

    public static readonly Metric BackupSizeRatio = new(
        "postgres_backup_last_size_ratio",
        "Size of the newest good backup against the median of up to ten of its kind before it.",
        "source",
        "tool",
        "type"
    );

    public static readonly Metric BackupLastFailure = new(
        "postgres_backup_last_failure_timestamp_seconds",
        "When a backup last failed, in seconds since 1970.",
        "source",
        "tool",
        "type"
    );

    public static readonly Metric Backups = new("postgres_backups", "Backups that are kept, by state.", "source", "tool", "type", "state");

    public static readonly Metric BackupOldest = new(
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

    public static readonly Metric BackupRunningSince = new(
        "postgres_backup_running_since_timestamp_seconds",
        "When the backup that has been running for longest started, in seconds since 1970.",
        "source",
        "tool",
        "type"
    );

    public static readonly Metric BackupLongest = new(
        "postgres_backup_longest_duration_seconds",
        "The longest that a good backup of this kind took before the one that runs, in seconds.",
        "source",
        "tool",
        "type"
    );

    public static readonly Metric RestoreTest = new(
        "postgres_backup_last_restore_test_timestamp_seconds",
        "When a backup was last restored successfully, in seconds since 1970.",
        "source",
        "tool"
    );

    public static readonly Metric BackupMaxAge = new(
        "postgres_backup_max_age_seconds",
        "The limit configured for the age of the newest backup, in seconds; published whether the database answers or not.",
        "type",
        "severity"
    );

    public static readonly Metric ArchiveState = new(
        "postgres_wal_archive_state",
        "State of WAL archiving: 1 for the state that holds, 0 for the others.",
        "state"
    );

    public static readonly Metric ArchiveLastSuccess = new(
        "postgres_wal_archive_last_success_timestamp_seconds",
        "When the archiver last succeeded, in seconds since 1970."
    );

    public static readonly Metric ArchiveLastFailure = new(
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

    public static readonly Metric ArchiveFailures = new(
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

    public static readonly Metric ArchiveLag = new("postgres_wal_archive_lag_bytes", "WAL written but not archived, in bytes.");

    public static readonly Metric RecoveryPointTime = new(
        "postgres_recovery_point_timestamp_seconds",
        "The newest moment this database could be restored to from its backups, in seconds since 1970 by the job's clock."
    );

    public static readonly Metric RecoveryPointAge = new(
        "postgres_recovery_point_age_seconds",
        "How much work would have been lost at the probe, in seconds; an upper bound."
    );

    public static readonly Metric RecoveryPointEvidence = new(
        "postgres_recovery_point_evidence",
        "1 for the evidence behind the recovery point: server means that its archiver reported success, archive that a "
            + "listing shows the WAL.",
        "evidence"
    );

    public static readonly Metric RecoveryReplay = new(
        "postgres_recovery_replay_bytes",
        "WAL that a restore would replay, from the newest full backup's start to the archive's end, in bytes."
    );

    public static readonly Metric ProbeSuccess = new("postgres_backup_probe_success", "1 if the database could be probed in full, else 0.");

    public static readonly Metric ProbeFailure = new("postgres_backup_probe_failure", "1 for the reason why the probe failed.", "reason");

    public static readonly Metric ProbeDuration = new("postgres_backup_probe_duration_seconds", "How long the probe took, in seconds.");

    public static readonly Metric ProbeTime = new(
        "postgres_backup_probe_timestamp_seconds",
        "When the database was last probed successfully, in seconds since 1970 by the job's clock."
    );

    public static readonly Metric ClockOffset = new(
        "postgres_backup_clock_offset_seconds",
        "The database's clock minus the job's, in seconds."
    );

    public static readonly Metric SourceSuccess = new(
        "postgres_backup_source_success",
        "1 if this source of facts answered in full, else 0.",
        "source"
    );

    public static readonly Metric Warnings = new(
        "postgres_backup_warnings",
        "How many things backup-metrics show warns of for this database, apart from what is critical."
    );

    public static readonly Metric PghoardAge = new(
        "pghoard_last_upload_age",
        "Age of pghoard's last upload at the probe, in seconds (pghoard's own name).",
        "site",
        "type"
    );

    public static readonly Metric WalgUpload = new(
        "walg_last_upload",
        "When wal-g last uploaded, in seconds since 1970 (the wal-g exporter's own name).",
        "type"
    );

    /// <summary>All metrics, in the order of publication.</summary>
    public static IReadOnlyList<Metric> All { get; } =
    [
        BackupLastSuccess,
        BackupAge,
        BackupLastDuration,
        BackupLastSize,
        BackupLastStored,
        BackupLastHasErrors,
        BackupSizeRatio,
        BackupLastFailure,
        Backups,
        BackupOldest,
        BrokenChains,
        BackupRunningSince,
        BackupLongest,
        RestoreTest,
        RestoreTestMetricNames.Success,
        RestoreTestMetricNames.Time,
        RestoreTestMetricNames.Unfinished,
        RestoreTestMetricNames.Duration,
        RestoreTestMetricNames.RecoveredUntil,
        RestoreTestMetricNames.Shortfall,
        BackupMaxAge,
        StorageMetricNames.LastSuccess,
        StorageMetricNames.BrokenChains,
        StorageMetricNames.Emptied,
        StorageMetricNames.Copies,
        StorageMetricNames.CopiesMin,
        StorageMetricNames.WindowStart,
        StorageMetricNames.WindowMin,
        ArchiveState,
        ArchiveLastSuccess,
        ArchiveLastFailure,
        ArchivedFiles,
        ArchiveFailures,
        WalDirectory,
        ReadySegments,
        OldestReady,
        ArchiveLag,
        RecoveryPointTime,
        RecoveryPointAge,
        RecoveryPointEvidence,
        RecoveryReplay,
        ArchiveMetricNames.BackupWalMissing,
        ArchiveMetricNames.MissingSegments,
        ArchiveMetricNames.Listed,
        ProbeSuccess,
        ProbeFailure,
        ProbeDuration,
        ProbeTime,
        ClockOffset,
        SourceSuccess,
        Warnings,
        PghoardAge,
        WalgUpload,
        RunMetricNames.RunTime,
        RunMetricNames.RunDuration,
        RunMetricNames.RunSuccess,
        RunMetricNames.Targets,
        RunMetricNames.Shards,
        RunMetricNames.Interval,
        RunMetricNames.ConfigReload,
        RunMetricNames.BuildInfo,
    ];
}
