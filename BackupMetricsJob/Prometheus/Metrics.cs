namespace Prometheus;

/// <summary>
/// Where registries and metrics come from. The default registry is empty here: it has no metrics of the process or the runtime, so there is
/// nothing to suppress.
/// </summary>
public static class Metrics
{
    public static CollectorRegistry DefaultRegistry { get; } = new();

    public static MetricFactory DefaultFactory { get; } = WithCustomRegistry(DefaultRegistry);

    public static CollectorRegistry NewCustomRegistry() => new();

    public static MetricFactory WithCustomRegistry(CollectorRegistry registry) => new(registry, []);

    public static IMetricFactory WithLabels(IDictionary<string, string> labels) => DefaultFactory.WithLabels(labels);

    public static void SuppressDefaultMetrics()
    {
    }

    public static Counter CreateCounter(string name, string help, CounterConfiguration? configuration = null) =>
        DefaultFactory.CreateCounter(name, help, configuration);

    public static Counter CreateCounter(string name, string help, string[] labelNames, CounterConfiguration? configuration = null) =>
        DefaultFactory.CreateCounter(name, help, labelNames, configuration);

    public static Counter CreateCounter(string name, string help, params string[] labelNames) =>
        DefaultFactory.CreateCounter(name, help, labelNames);

    public static Gauge CreateGauge(string name, string help, GaugeConfiguration? configuration = null) =>
        DefaultFactory.CreateGauge(name, help, configuration);

    public static Gauge CreateGauge(string name, string help, string[] labelNames, GaugeConfiguration? configuration = null) =>
        DefaultFactory.CreateGauge(name, help, labelNames, configuration);

    public static Gauge CreateGauge(string name, string help, params string[] labelNames) =>
        DefaultFactory.CreateGauge(name, help, labelNames);
}
