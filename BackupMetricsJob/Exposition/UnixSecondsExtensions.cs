namespace BackupMetricsJob.Exposition;

/// <summary>Converts times to Prometheus' format: seconds since 1970 as a double, to the microsecond.</summary>
internal static class UnixSecondsExtensions
{
    public static double UnixSeconds(this DateTimeOffset time) =>
        Math.Round((time - DateTimeOffset.UnixEpoch).Ticks / (double)TimeSpan.TicksPerMicrosecond) / 1_000_000;
}
