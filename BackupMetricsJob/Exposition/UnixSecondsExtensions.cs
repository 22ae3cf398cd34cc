namespace BackupMetricsJob.Exposition;

/// <summary>Times as Prometheus has them: seconds since 1970 as a double, to the microsecond.</summary>
internal static class UnixSecondsExtensions
{
    public static double UnixSeconds(this DateTimeOffset time) =>
        Math.Round((time - DateTimeOffset.UnixEpoch).Ticks / (double)TimeSpan.TicksPerMicrosecond) / 1_000_000;
}
