namespace BackupMetricsJob.Exposition;

/// <summary>Declares the metrics of a whole run, which have no instance; <see cref="MetricNames.All"/> lists them, too.</summary>
internal static class RunMetricNames
{
    public static readonly Metric RunTime = new("backup_metrics_run_timestamp_seconds", "When this run started, in seconds since 1970.")
    {
        IsRunLevel = true,
    };

    public static readonly Metric RunDuration = new(
        "backup_metrics_run_duration_seconds",
        "How long this run took until the push, in seconds."
    )
    {
        IsRunLevel = true,
    };

    public static readonly Metric RunSuccess = new("backup_metrics_run_success", "1 if every target could be probed, else 0.")
    {
        IsRunLevel = true,
    };

    public static readonly Metric Targets = new("backup_metrics_targets", "Targets of this run by state.", "state") { IsRunLevel = true };

    public static readonly Metric Shards = new("backup_metrics_shards", "How many shards this job has; 1 where it is not sharded.")
    {
        IsRunLevel = true,
    };

    public static readonly Metric Interval = new("backup_metrics_interval_seconds", "How often this job is meant to run, in seconds.")
    {
        IsRunLevel = true,
    };

    public static readonly Metric ConfigReload = new(
        "backup_metrics_config_last_reload_successful",
        "1 if the settings could be read again before this run, 0 if older ones are in use."
    )
    {
        IsRunLevel = true,
    };

    public static readonly Metric BuildInfo = new(
        "backup_metrics_build_info",
        "1, with the version and revision of backup-metrics.",
        "version",
        "revision"
    )
    {
        IsRunLevel = true,
    };
}
