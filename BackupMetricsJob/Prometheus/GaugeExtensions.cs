using Prometheus.Internal;

namespace Prometheus;

/// <summary>Times as gauges, in Unix seconds, and work in progress as a count.</summary>
public static class GaugeExtensions
{
    public static void SetToCurrentTimeUtc(this IGauge gauge) => SetToTimeUtc(gauge, DateTimeOffset.UtcNow);

    public static void SetToTimeUtc(this IGauge gauge, DateTimeOffset timestamp)
    {
        ArgumentNullException.ThrowIfNull(gauge);
        gauge.Set(UnixSeconds.Of(timestamp));
    }

    public static void IncToCurrentTimeUtc(this IGauge gauge) => IncToTimeUtc(gauge, DateTimeOffset.UtcNow);

    public static void IncToTimeUtc(this IGauge gauge, DateTimeOffset timestamp)
    {
        ArgumentNullException.ThrowIfNull(gauge);
        gauge.IncTo(UnixSeconds.Of(timestamp));
    }

    /// <summary>Adds 1 now and takes it away when the result is disposed of, once.</summary>
    public static IDisposable TrackInProgress(this IGauge gauge)
    {
        ArgumentNullException.ThrowIfNull(gauge);
        gauge.Inc();
        return new InProgress(gauge);
    }

    sealed class InProgress(IGauge gauge) : IDisposable
    {
        IGauge? _gauge = gauge;

        public void Dispose() => Interlocked.Exchange(ref _gauge, null)?.Dec();
    }
}
