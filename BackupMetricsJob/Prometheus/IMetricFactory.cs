using System.ComponentModel;

namespace Prometheus;

/// <summary>Makes metrics. As in the package, the overloads with <c>params</c> are not here but on MetricFactory only.</summary>
public interface IMetricFactory
{
    [EditorBrowsable(EditorBrowsableState.Never)]
    Counter CreateCounter(string name, string help, CounterConfiguration? configuration = null);

    [EditorBrowsable(EditorBrowsableState.Never)]
    Gauge CreateGauge(string name, string help, GaugeConfiguration? configuration = null);

    Counter CreateCounter(string name, string help, string[] labelNames, CounterConfiguration? configuration = null);

    Gauge CreateGauge(string name, string help, string[] labelNames, GaugeConfiguration? configuration = null);

    IMetricFactory WithLabels(IDictionary<string, string> labels);
}
