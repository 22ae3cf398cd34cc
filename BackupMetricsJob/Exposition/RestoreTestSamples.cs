using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Exposition;

/// <summary>The metrics of the last restore test of a tool's backups.</summary>
internal static class RestoreTestSamples
{
    public static void Write(RestoreTestFacts test, SampleLabels labels, string tool, Samples samples)
    {
        samples.Set(RestoreTestMetricNames.Success, labels, test.Succeeded ? 1 : 0, tool);
        samples.Set(RestoreTestMetricNames.Time, labels, test.At.UnixSeconds(), tool);
        foreach (var (phase, duration) in test.Durations)
            samples.Set(RestoreTestMetricNames.Duration, labels, duration.TotalSeconds, tool, phase);
        samples.Set(RestoreTestMetricNames.RecoveredUntil, labels, test.RecoveredUntil?.UnixSeconds(), tool);
        samples.Set(RestoreTestMetricNames.Shortfall, labels, test.Shortfall?.TotalSeconds, tool);
    }
}
