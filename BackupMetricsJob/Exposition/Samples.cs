using Prometheus;

namespace BackupMetricsJob.Exposition;

/// <summary>
/// Writes samples of declared metrics into a registry. A metric whose instances have different labels of the user's becomes one family
/// of several collectors, which is what prometheus-net makes of it.
/// </summary>
internal sealed class Samples(CollectorRegistry registry)
{
    static readonly CounterConfiguration NoSampleUntilSet = new() { SuppressInitialValue = true };

    readonly MetricFactory _factory = Metrics.WithCustomRegistry(registry);

    /// <summary>How many samples were written.</summary>
    public int Count { get; private set; }

    /// <summary>A sample about the run: no instance.</summary>
    public void Set(Metric metric, double value, params string[] labelValues) =>
        Set(metric, metric.Labels, labelValues, value);

    /// <summary>A sample about a database, with the user's labels; nothing where the value is unknown.</summary>
    public void Set(Metric metric, SampleLabels of, double? value, params string[] labelValues)
    {
        if (value is { } known) Set(metric, of.Names(metric.Labels), of.Values(labelValues), known);
    }

    void Set(Metric metric, string[] names, string[] values, double value)
    {
        Count++;
        if (metric.IsCounter) _factory.CreateCounter(metric.Name, metric.Help, names, NoSampleUntilSet).WithLabels(values).IncTo(value);
        else if (names.Length > 0) _factory.CreateGauge(metric.Name, metric.Help, names).WithLabels(values).Set(value);
        else _factory.CreateGauge(metric.Name, metric.Help).Set(value);
    }
}
