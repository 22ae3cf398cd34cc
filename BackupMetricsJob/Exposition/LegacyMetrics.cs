using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Exposition;

/// <summary>
/// The two metric names that existing rules use: pghoard_last_upload_age is an age, walg_last_upload a time. Their types are basebackup and
/// xlog. The source with the newest upload wins, so an instance has each series once.
/// </summary>
internal static class LegacyMetrics
{
    const string Pghoard = "pghoard";
    const string Walg = "wal-g";

    public static void Write(ProbeResult result, SampleLabels labels, Samples samples)
    {
        var site = Archiver(result)?.Site ?? result.Instance.Name;
        samples.SetNamed(LegacyMetricNames.PghoardAge, labels, Base(result, Pghoard)?.Age.TotalSeconds, site, "basebackup");
        samples.SetNamed(LegacyMetricNames.PghoardAge, labels, Xlog(result, Pghoard)?.Age.TotalSeconds, site, "xlog");
        samples.Set(LegacyMetricNames.WalgUpload, labels, Base(result, Walg)?.At.UnixSeconds(), "basebackup");
        samples.Set(LegacyMetricNames.WalgUpload, labels, Xlog(result, Walg)?.At.UnixSeconds(), "xlog");
    }

    static Upload? Base(ProbeResult result, string tool) => Newest(result, tool, BackupTypeNames.IsPhysical);

    static Upload? Xlog(ProbeResult result, string tool)
    {
        var recorded = Newest(result, tool, type => type == BackupType.Wal);
        if (Archiver(result) is not { LastArchived: { } archived } archiver || archiver.Tool != tool || recorded?.At >= archived)
            return recorded;
        var age = result.Server!.Now - archived;
        return new(archived, age < TimeSpan.Zero ? TimeSpan.Zero : age);
    }

    /// <summary>Null for a standby: its archiver statistics are from its time as a primary.</summary>
    static ArchiverStatistics? Archiver(ProbeResult result) =>
        result.Server is { IsNonArchivingStandby: false, ArchiveMode: not "off" } server ? server.Archiver : null;

    static Upload? Newest(ProbeResult result, string tool, Func<BackupType, bool> isMeant)
    {
        var newest = BackupFindings
            .Trusted(result)
            .Where(backup => backup is { LastSuccess: not null, Age: not null } && backup.Tool == tool && isMeant(backup.Type))
            .MaxBy(backup => backup.LastSuccess);
        return newest is null ? null : new(newest.LastSuccess!.Value, newest.Age!.Value);
    }

    readonly record struct Upload(DateTimeOffset At, TimeSpan Age);
}
