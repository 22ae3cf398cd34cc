namespace BackupMetricsJob.Backups;

/// <summary>How far two clocks may differ before a time in the future, or times out of order, are not believed.</summary>
internal static class ClockTolerance
{
    public static readonly TimeSpan Max = TimeSpan.FromMinutes(5);
}
