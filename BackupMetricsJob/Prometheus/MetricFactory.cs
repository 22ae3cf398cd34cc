using Prometheus.Internal;

namespace Prometheus;

/// <summary>
/// Makes metrics in one registry. The same name and label names give the same metric again, whose help stays the first one's; the same
/// name with other label names gives a second one in the same family; the same name with another type is an InvalidOperationException.
/// </summary>
public sealed class MetricFactory : IMetricFactory
{
    readonly CollectorRegistry _registry;
    readonly Label[] _labels;

    internal MetricFactory(CollectorRegistry registry, Label[] labels)
    {
        ArgumentNullException.ThrowIfNull(registry);
        _registry = registry;
        _labels = labels;
    }

    public Counter CreateCounter(string name, string help, CounterConfiguration? configuration = null) =>
        CreateCounter(name, help, configuration?.LabelNames ?? [], configuration);

    public Counter CreateCounter(string name, string help, string[] labelNames, CounterConfiguration? configuration = null) =>
        (Counter)_registry.GetOrAdd(new Counter(name, help, labelNames, StaticLabels(), configuration?.SuppressInitialValue ?? false));

    public Counter CreateCounter(string name, string help, params string[] labelNames) => CreateCounter(name, help, labelNames, null);

    public Gauge CreateGauge(string name, string help, GaugeConfiguration? configuration = null) =>
        CreateGauge(name, help, configuration?.LabelNames ?? [], configuration);

    public Gauge CreateGauge(string name, string help, string[] labelNames, GaugeConfiguration? configuration = null) =>
        (Gauge)_registry.GetOrAdd(new Gauge(name, help, labelNames, StaticLabels(), configuration?.SuppressInitialValue ?? false));

    public Gauge CreateGauge(string name, string help, params string[] labelNames) => CreateGauge(name, help, labelNames, null);

    /// <summary>A factory that puts these labels on what it makes, before the labels that this one puts there.</summary>
    public IMetricFactory WithLabels(IDictionary<string, string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return labels.Count == 0 ? this : new MetricFactory(_registry, [.. Label.From(labels), .. _labels]);
    }

    Label[] StaticLabels()
    {
        var registry = _registry.Labels;
        return _labels.Length == 0 ? registry : registry.Length == 0 ? _labels : [.. _labels, .. registry];
    }
}
