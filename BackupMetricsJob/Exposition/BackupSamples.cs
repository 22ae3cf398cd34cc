using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Exposition;

/// <summary>What is published of the backups of one instance, per source, tool and type.</summary>
internal static class BackupSamples
{
    public static void Write(ProbeResult result, SampleLabels labels, Samples samples)
    {
        foreach (var backup in result.Backups)
        {
            string[] own = [backup.Source, backup.Tool, backup.Type.Name()];
            samples.Set(MetricNames.BackupLastFailure, labels, backup.LastFailure?.UnixSeconds(), own);
            if (backup.Type == BackupType.RestoreTest) samples.Set(MetricNames.RestoreTest, labels, backup.LastSuccess?.UnixSeconds(), backup.Source, backup.Tool);
            else Write(backup, own, labels, samples);
        }

        WriteOldest(result.Backups, labels, samples);
    }

    static void Write(BackupFacts backup, string[] own, SampleLabels labels, Samples samples)
    {
        samples.Set(MetricNames.BackupLastSuccess, labels, backup.LastSuccess?.UnixSeconds(), own);
        samples.Set(MetricNames.BackupAge, labels, backup.Age?.TotalSeconds, own);
        samples.Set(MetricNames.BackupLastDuration, labels, backup.LastDuration?.TotalSeconds, own);
        samples.Set(MetricNames.BackupLastSize, labels, backup.LastSize, own);
        samples.Set(MetricNames.BackupLastStored, labels, backup.LastStored, own);
        samples.Set(MetricNames.BackupLastHasErrors, labels, backup.LastHasErrors is { } hasErrors ? hasErrors ? 1 : 0 : null, own);
        samples.Set(MetricNames.BackupSizeRatio, labels, backup.SizeRatio, own);
        samples.Set(MetricNames.BrokenChains, labels, backup.BrokenChains, own);
        if (backup.Running is { } running)
        {
            samples.Set(MetricNames.BackupRunningSince, labels, running.Since.UnixSeconds(), own);
            samples.Set(MetricNames.BackupLongest, labels, running.Longest?.TotalSeconds, own);
        }

        if (backup.Counts is not { } counts) return;
        samples.Set(MetricNames.Backups, labels, counts.Done, [.. own, "done"]);
        if (backup.Type == BackupType.Wal) return;
        samples.Set(MetricNames.Backups, labels, counts.Failed, [.. own, "failed"]);
        samples.Set(MetricNames.Backups, labels, counts.Running, [.. own, "running"]);
    }

    // One series a tool, whatever the types: a full backup, or a base backup of unknown kind.
    static void WriteOldest(IReadOnlyList<BackupFacts> backups, SampleLabels labels, Samples samples)
    {
        for (var i = 0; i < backups.Count; i++)
        {
            if (Oldest(backups[i]) is not { } oldest) continue;
            var isFirst = true;
            for (var j = 0; j < backups.Count; j++)
            {
                if (j == i || backups[j].Source != backups[i].Source || backups[j].Tool != backups[i].Tool || Oldest(backups[j]) is not { } other) continue;
                if (j < i) isFirst = false;
                if (other < oldest) oldest = other;
            }

            if (isFirst) samples.Set(MetricNames.BackupOldest, labels, oldest.UnixSeconds(), backups[i].Source, backups[i].Tool);
        }
    }

    static DateTimeOffset? Oldest(BackupFacts backup) => backup.Type is BackupType.Full or BackupType.Base ? backup.Oldest : null;
}
