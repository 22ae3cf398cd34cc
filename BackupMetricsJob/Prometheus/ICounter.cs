namespace Prometheus;

/// <summary>A number that only grows: a negative increment is an ArgumentOutOfRangeException. Every member may be called from any thread.</summary>
public interface ICounter : ICollectorChild
{
    void Inc(double increment = 1.0);

    void IncTo(double targetValue);

    double Value { get; }
}
