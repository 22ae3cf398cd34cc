namespace Prometheus.Internal;

/// <summary>Seconds since 1970 with their fraction.</summary>
internal static class UnixSeconds
{
    public static double Of(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / (double)TimeSpan.TicksPerSecond;
}
