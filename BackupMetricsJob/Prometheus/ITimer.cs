namespace Prometheus;

/// <summary>Measures since it was made. Each ObserveDuration, and Dispose too, reports the time until then, in seconds.</summary>
public interface ITimer : IDisposable
{
    TimeSpan ObserveDuration();
}
