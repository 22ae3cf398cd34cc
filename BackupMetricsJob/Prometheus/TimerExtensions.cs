using System.Diagnostics;

namespace Prometheus;

/// <summary>Timers that set a gauge, add to a counter or feed an observer, in seconds.</summary>
public static class TimerExtensions
{
    public static ITimer NewTimer(this IObserver observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        return new Timer(observer.Observe);
    }

    public static ITimer NewTimer(this IGauge gauge)
    {
        ArgumentNullException.ThrowIfNull(gauge);
        return new Timer(gauge.Set);
    }

    public static ITimer NewTimer(this ICounter counter)
    {
        ArgumentNullException.ThrowIfNull(counter);
        return new Timer(counter.Inc);
    }

    sealed class Timer(Action<double> observe) : ITimer
    {
        readonly long _started = Stopwatch.GetTimestamp();

        public TimeSpan ObserveDuration()
        {
            var duration = Stopwatch.GetElapsedTime(_started);
            observe(duration.TotalSeconds);
            return duration;
        }

        public void Dispose() => ObserveDuration();
    }
}
