namespace Prometheus;

/// <summary>Takes single observations, a duration in seconds for one.</summary>
public interface IObserver : ICollectorChild
{
    void Observe(double val);
}
