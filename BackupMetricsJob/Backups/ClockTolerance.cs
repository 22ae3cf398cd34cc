namespace BackupMetricsJob.Backups;

/// <summary>How far two clocks may differ before times in the future, or times out of order, are rejected.</summary>
internal static class ClockTolerance
{
    public static readonly TimeSpan Max = TimeSpan.FromMinutes(5);
}
