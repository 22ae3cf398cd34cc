namespace BackupMetricsJob.Exposition;

/// <summary>Metric names used by rules written for other exporters; <see cref="LegacyMetrics"/> writes them.</summary>
internal static class LegacyMetricNames
{
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
}
