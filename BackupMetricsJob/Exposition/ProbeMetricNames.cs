namespace BackupMetricsJob.Exposition;

/// <summary>The metrics of the probe of a database: whether it succeeded, how long it took, and what it found.</summary>
internal static class ProbeMetricNames
{
    public static readonly Metric Success = new("postgres_backup_probe_success", "1 if the database could be probed in full, else 0.");

    public static readonly Metric Failure = new("postgres_backup_probe_failure", "1 for the reason why the probe failed.", "reason");

    public static readonly Metric Duration = new("postgres_backup_probe_duration_seconds", "How long the probe took, in seconds.");

    public static readonly Metric Time = new(
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
}
