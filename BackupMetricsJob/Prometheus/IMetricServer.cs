namespace Prometheus;

/// <summary>Something that exports metrics from Start until Stop.</summary>
public interface IMetricServer : IDisposable
{
    IMetricServer Start();

    Task StopAsync();

    void Stop();
}
