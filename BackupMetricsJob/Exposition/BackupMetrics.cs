using BackupMetricsJob.Backups;
using Prometheus;

namespace BackupMetricsJob.Exposition;

/// <summary>
/// Converts the results of a run's probes, and facts about the run, to gauges in a registry. Pure: the same results give the same text. An
/// unknown value has no sample.
/// </summary>
internal sealed class BackupMetrics(Samples samples)
{
    /// <summary>Writes everything into <paramref name="registry"/> and returns the number of samples.</summary>
    public static int Write(IReadOnlyList<ProbeResult> results, RunFacts run, CollectorRegistry registry) =>
        Write(results, run, new Samples(registry));

    public static int Write(IReadOnlyList<ProbeResult> results, RunFacts run, Samples samples)
    {
        var metrics = new BackupMetrics(samples);
        SampleLabels? labels = null;
        foreach (var result in results)
        {
            labels = SampleLabels.For(result.Instance, labels);
            BackupSamples.Write(result, labels, samples);
            metrics.WriteLimits(result, labels);
            if (result.Server is { } server)
                metrics.WriteArchiver(server, labels);
            metrics.WriteRecoveryPoint(result, labels);
            if (result.Archive is { } archive)
                ArchiveSamples.Write(archive, result.ArchiveAssessment!, labels, samples);
            if (result.IsTarget)
                metrics.WriteProbe(result, labels);
            metrics.WriteSources(result, labels);
            metrics.WriteWarnings(result, labels);
            if (run.LegacyNames)
                LegacyMetrics.Write(result, labels, samples);
        }

        metrics.WriteRun(results, run);
        return samples.Count;
    }

    void WriteLimits(ProbeResult result, SampleLabels labels)
    {
        foreach (var limit in result.Instance.Limits)
            samples.Set(BackupMetricNames.MaxAge, labels, limit.MaxAge.TotalSeconds, limit.Type.Name(), limit.Severity.Name());
        samples.Set(StorageMetricNames.CopiesMin, labels, result.Instance.Copies);
        if (result.Instance.Window.Count == 0)
            return;
        foreach (var limit in WindowLimit.For(result))
            samples.Set(RecoveryMetricNames.WindowMin, labels, limit.Min.TotalSeconds, limit.Severity.Name());
    }

    void WriteArchiver(ServerEvidence server, SampleLabels labels)
    {
        if (ArchiverStates.Classify(server) is { } holds)
        {
            foreach (var state in ArchiverStates.All)
                samples.Set(ArchiveMetricNames.State, labels, state == holds ? 1 : 0, state.Name());
        }

        if (server.Wal is { } directory)
            samples.Set(ArchiveMetricNames.WalDirectory, labels, directory.DirectoryBytes);

        // A standby's archiver statistics are from its time as a primary, and with archive_mode off there is no archive.
        if (server.IsNonArchivingStandby || server.ArchiveMode == "off")
            return;
        samples.Set(ArchiveMetricNames.LastSuccess, labels, server.Archiver.LastArchived?.UnixSeconds());
        samples.Set(ArchiveMetricNames.LastFailure, labels, server.Archiver.LastFailed?.UnixSeconds());
        samples.Set(ArchiveMetricNames.ArchivedFiles, labels, server.Archiver.ArchivedCount);
        samples.Set(ArchiveMetricNames.Failures, labels, server.Archiver.FailedCount);
        samples.Set(ArchiveMetricNames.ReadySegments, labels, server.Wal?.ReadySegments);
        samples.Set(ArchiveMetricNames.OldestReady, labels, server.Wal?.OldestReady?.UnixSeconds());
        samples.Set(ArchiveMetricNames.Lag, labels, server.Wal is { } wal ? wal.UnarchivedBytes : server.UnarchivedBytesByStatistics);
    }

    void WriteRecoveryPoint(ProbeResult result, SampleLabels labels)
    {
        if (result.Loss is not { } loss)
            return;
        samples.Set(RecoveryMetricNames.PointTime, labels, (result.At - loss.Window).UnixSeconds());
        samples.Set(RecoveryMetricNames.PointAge, labels, loss.Window.TotalSeconds);
        if (loss.IsByServer || loss.IsByArchive)
            samples.Set(RecoveryMetricNames.PointEvidence, labels, 1, loss.IsByArchive ? "archive" : "server");
        samples.Set(RecoveryMetricNames.Replay, labels, result.ReplayBytes);
    }

    void WriteProbe(ProbeResult result, SampleLabels labels)
    {
        var failure = result.Failure;
        samples.Set(ProbeMetricNames.Success, labels, failure is null ? 1 : 0);
        if (failure is not null)
            samples.Set(ProbeMetricNames.Failure, labels, 1, failure.Reason.Name());
        samples.Set(ProbeMetricNames.Duration, labels, result.Duration.TotalSeconds);
        if (failure is null)
            samples.Set(ProbeMetricNames.Time, labels, result.At.UnixSeconds());
        samples.Set(ProbeMetricNames.ClockOffset, labels, result.ClockOffset?.TotalSeconds);
    }

    void WriteSources(ProbeResult result, SampleLabels labels)
    {
        // Another target's catalogue may fail to report on this one, too.
        foreach (var source in result.Instance.Sources.Union(result.SourceFailures.Select(failed => failed.Source)))
            samples.Set(ProbeMetricNames.SourceSuccess, labels, result.SourcesThatAnswered.Contains(source) ? 1 : 0, source);
    }

    // Lets the alerts know of every warning that `show` prints. If a database did not answer completely, the number of its warnings is
    // unknown.
    void WriteWarnings(ProbeResult result, SampleLabels labels)
    {
        if (result is { Failure: null, SourceFailures.Count: 0 })
            samples.Set(ProbeMetricNames.Warnings, labels, Findings.For(result).Count(finding => !finding.IsCritical));
    }

    void WriteRun(IReadOnlyList<ProbeResult> results, RunFacts run)
    {
        var targets = results.Count(result => result.IsTarget);
        var failed = results.Count(result => result is { IsTarget: true, Failure: not null });
        samples.Set(RunMetricNames.RunTime, run.Started.UnixSeconds());
        samples.Set(RunMetricNames.RunDuration, run.Duration.TotalSeconds);
        samples.Set(RunMetricNames.RunSuccess, failed == 0 ? 1 : 0);
        samples.Set(RunMetricNames.Targets, targets, "configured");
        samples.Set(RunMetricNames.Targets, targets - failed, "ok");
        samples.Set(RunMetricNames.Targets, failed, "failed");
        samples.Set(RunMetricNames.Shards, run.Shards);
        if (run.Interval is { } interval)
            samples.Set(RunMetricNames.Interval, interval.TotalSeconds);
        if (run.LastReloadSuccessful is { } good)
            samples.Set(RunMetricNames.ConfigReload, good ? 1 : 0);
        samples.Set(RunMetricNames.BuildInfo, 1, run.Build.Version, run.Build.Revision);
    }
}
