namespace BackupMetricsJob.Exposition;

/// <summary>The metrics of what can be restored: the recovery point and the recovery window.</summary>
internal static class RecoveryMetricNames
{
    public static readonly Metric PointTime = new(
        "postgres_recovery_point_timestamp_seconds",
        "The newest moment this database could be restored to from its backups, in seconds since 1970 by the job's clock."
    );

    public static readonly Metric PointAge = new(
        "postgres_recovery_point_age_seconds",
        "How much work would have been lost at the probe, in seconds; an upper bound."
    );

    public static readonly Metric PointEvidence = new(
        "postgres_recovery_point_evidence",
        "1 for the evidence behind the recovery point: server means that its archiver reported success, archive that a "
            + "listing shows the WAL.",
        "evidence"
    );

    public static readonly Metric Replay = new(
        "postgres_recovery_replay_bytes",
        "WAL that a restore would replay, from the newest full backup's start to the archive's end, in bytes."
    );

    public static readonly Metric WindowStart = new(
        "postgres_recovery_window_start_timestamp_seconds",
        "The oldest moment from which on a restore can reach any other, in seconds since 1970: when the oldest full backup finished from "
            + "which chains and WAL go on. One that is kept for ever does not count.",
        "source",
        "tool"
    );

    public static readonly Metric WindowMin = new(
        "postgres_recovery_window_min_seconds",
        "How far back a restore must reach: as asked for, or, for a cluster that is younger, as far as it can.",
        "severity"
    );
}
