using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Exposition;

/// <summary>The metrics of the last restore test of a tool's backups.</summary>
internal static class RestoreTestSamples
{
    public static void Write(RestoreTestFacts test, SampleLabels labels, string tool, Samples samples)
    {
        samples.Set(MetricNames.RestoreTestSuccess, labels, test.Succeeded ? 1 : 0, tool);
        samples.Set(MetricNames.RestoreTestTime, labels, test.At.UnixSeconds(), tool);
        foreach (var (phase, duration) in test.Durations)
            samples.Set(MetricNames.RestoreTestDuration, labels, duration.TotalSeconds, tool, phase);
        samples.Set(MetricNames.RestoreTestRecoveredUntil, labels, test.RecoveredUntil?.UnixSeconds(), tool);
        samples.Set(MetricNames.RestoreTestShortfall, labels, test.Shortfall?.TotalSeconds, tool);
    }
}
