using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Exposition;

/// <summary>The metrics of an instance's backups, per source, tool and type.</summary>
internal static class BackupSamples
{
    public static void Write(ProbeResult result, SampleLabels labels, Samples samples)
    {
        foreach (var backup in result.Backups)
        {
            var series = labels.With(backup.Source, backup.Tool, backup.Type.Name());
            samples.Set(BackupMetricNames.LastFailure, series, backup.LastFailure?.UnixSeconds());
            if (backup.Type == BackupType.RestoreTest)
            {
                samples.Set(RestoreTestMetricNames.LastSuccess, labels, backup.LastSuccess?.UnixSeconds(), backup.Source, backup.Tool);
                if (backup.LastTest is { } test)
                    RestoreTestSamples.Write(test, labels, backup.Tool, samples);
            }
            else
            {
                Write(backup, series, samples);
                WriteCounts(backup, labels, samples);
            }
        }

        WriteOldest(result, labels, samples);
        WriteStorages(result, labels, samples);
    }

    // For a tool with one storage, these series add nothing to those without the label. Leaving them out saves most fleets several series
    // per target.
    static void WriteStorages(ProbeResult result, SampleLabels labels, Samples samples)
    {
        samples.Set(StorageMetricNames.Copies, labels, result.Copies?.Count);
        foreach (var storage in result.Storages)
        {
            if (
                result.Instance.Copies is null
                && result.Storages.Count(other => other.Source == storage.Source && other.Tool == storage.Tool) < 2
            )
                continue;
            if (storage.IsEmptied is { } emptied)
                samples.Set(StorageMetricNames.Emptied, labels.With(storage.Source, storage.Tool, storage.Name), emptied ? 1 : 0);
            foreach (var newest in storage.Newest)
            {
                var series = labels.With(storage.Source, storage.Tool, newest.Type.Name(), storage.Name);
                samples.Set(StorageMetricNames.LastSuccess, series, newest.Finished.UnixSeconds());
                samples.Set(StorageMetricNames.BrokenChains, series, newest.BrokenChains);
            }
        }
    }

    static void Write(BackupFacts backup, in SeriesLabels series, Samples samples)
    {
        samples.Set(BackupMetricNames.LastSuccess, series, backup.LastSuccess?.UnixSeconds());
        samples.Set(BackupMetricNames.Age, series, backup.Age?.TotalSeconds);
        samples.Set(BackupMetricNames.LastDuration, series, backup.LastDuration?.TotalSeconds);
        samples.Set(BackupMetricNames.LastSize, series, backup.LastSize);
        samples.Set(BackupMetricNames.LastStored, series, backup.LastStored);
        samples.Set(
            BackupMetricNames.LastHasErrors,
            series,
            backup.LastHasErrors is { } hasErrors
                ? hasErrors
                    ? 1
                    : 0
                : null
        );
        samples.Set(BackupMetricNames.SizeRatio, series, backup.SizeRatio);
        samples.Set(BackupMetricNames.BrokenChains, series, backup.BrokenChains);
        if (backup.Running is not { } running)
            return;
        samples.Set(BackupMetricNames.RunningSince, series, running.Since.UnixSeconds());
        samples.Set(BackupMetricNames.LongestDuration, series, running.Longest?.TotalSeconds);
    }

    // States other than "done" are rare in large fleets, so a count of zero has no sample.
    static void WriteCounts(BackupFacts backup, SampleLabels labels, Samples samples)
    {
        if (backup.Counts is not { } counts)
            return;
        var (source, tool, type) = (backup.Source, backup.Tool, backup.Type.Name());
        samples.Set(BackupMetricNames.Count, labels, counts.Done, source, tool, type, "done");
        if (counts.Failed > 0)
            samples.Set(BackupMetricNames.Count, labels, counts.Failed, source, tool, type, "failed");
        if (counts.Running > 0)
            samples.Set(BackupMetricNames.Count, labels, counts.Running, source, tool, type, "running");
        if (counts.Waiting > 0)
            samples.Set(BackupMetricNames.Count, labels, counts.Waiting, source, tool, type, "waiting");
    }

    // One series per tool: the oldest full backup, or base backup of unknown type, and the start of its recovery window.
    static void WriteOldest(ProbeResult result, SampleLabels labels, Samples samples)
    {
        foreach (var (source, tool) in RecoveryWindow.Tools(result))
            samples.Set(BackupMetricNames.Oldest, labels, RecoveryWindow.Oldest(result.Backups, source, tool)?.UnixSeconds(), source, tool);
        foreach (var window in result.Windows)
            samples.Set(RecoveryMetricNames.WindowStart, labels, window.Start.UnixSeconds(), window.Source, window.Tool);
    }
}
