using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Exposition;

/// <summary>
/// The two names that rules were written for before there was this job: pghoard_last_upload_age is an age, walg_last_upload a time.
/// Their types are basebackup and xlog.
/// </summary>
internal static class LegacyMetrics
{
    const string Pghoard = "pghoard";
    const string Walg = "wal-g";

    public static void Write(ProbeResult result, SampleLabels labels, Samples samples)
    {
        var archiver = result.Server is { DoesNotArchiveItself: false, ArchiveMode: not "off" } server ? server.Archiver : null;
        var site = archiver?.Site ?? result.Instance.Name;
        samples.Set(MetricNames.PghoardAge, labels, Newest(result, Pghoard)?.Age?.TotalSeconds, site, "basebackup");
        samples.Set(MetricNames.WalgUpload, labels, Newest(result, Walg)?.LastSuccess?.UnixSeconds(), "basebackup");
        if (archiver?.LastArchived is not { } archived) return;
        if (archiver.Tool == Pghoard)
            samples.Set(MetricNames.PghoardAge, labels, Math.Max(0, (result.Server!.Now - archived).TotalSeconds), site, "xlog");
        else if (archiver.Tool == Walg)
            samples.Set(MetricNames.WalgUpload, labels, archived.UnixSeconds(), "xlog");
    }

    static BackupFacts? Newest(ProbeResult result, string tool)
    {
        BackupFacts? newest = null;
        foreach (var backup in result.Backups)
        {
            if (backup.Tool == tool && backup.Type.IsPhysical() && backup.LastSuccess is { } at && !(newest?.LastSuccess >= at)) newest = backup;
        }

        return newest;
    }
}
