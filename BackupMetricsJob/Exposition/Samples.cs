using Prometheus;

namespace BackupMetricsJob.Exposition;

/// <summary>
/// Writes samples of declared metrics into a registry. A metric whose instances have different labels of the user's becomes one family
/// of several collectors, which is what prometheus-net makes of it. A value that is not finite is not known, so it is no sample.
/// </summary>
/// <param name="registry">Where they are written.</param>
/// <param name="hasEmptyInstance">Whether a sample about the run gets an empty instance, as a gateway gives it.</param>
internal sealed class Samples(CollectorRegistry registry, bool hasEmptyInstance = false)
{
    static readonly CounterConfiguration NoSampleUntilSet = new() { SuppressInitialValue = true };

    readonly MetricFactory _factory = Metrics.WithCustomRegistry(registry);

    // By the shape of the labels. The factory would make a metric anew for each sample, only to find that it has it.
    readonly Dictionary<string, Dictionary<string, Collector>> _collectors = new(StringComparer.Ordinal);

    /// <summary>How many samples were written.</summary>
    public int Count { get; private set; }

    /// <summary>A sample about the run: no instance.</summary>
    public void Set(Metric metric, double value, params string[] labelValues)
    {
        Count++;
        string[] names = hasEmptyInstance ? ["instance", .. metric.Labels] : metric.Labels;
        if (names.Length > 0)
            _factory
                .CreateGauge(metric.Name, metric.Help, names)
                .WithLabels(hasEmptyInstance ? ["", .. labelValues] : labelValues)
                .Set(value);
        else
            _factory.CreateGauge(metric.Name, metric.Help).Set(value);
    }

    /// <summary>A sample about a database, with the user's labels; nothing where the value is unknown.</summary>
    public void Set(Metric metric, SampleLabels of, double? value, params string[] labelValues)
    {
        if (value is not null)
            Set(metric, of.With(labelValues), value);
    }

    /// <summary>The same for labels that several metrics have: they keep the array, and share it.</summary>
    public void Set(Metric metric, in SeriesLabels labels, double? value)
    {
        if (value is not { } known || !double.IsFinite(known))
            return;
        Count++;
        if (!_collectors.TryGetValue(labels.Of.Shape, out var ofShape))
            _collectors.Add(labels.Of.Shape, ofShape = new(StringComparer.Ordinal));
        if (!ofShape.TryGetValue(metric.Name, out var collector))
            ofShape.Add(metric.Name, collector = Create(metric, labels.Of.Names(metric.Labels)));
        if (collector is Counter counter)
            counter.WithLabels(labels.Values.AsMemory()).IncTo(known);
        else
            ((Gauge)collector).WithLabels(labels.Values.AsMemory()).Set(known);
    }

    Collector Create(Metric metric, string[] names) =>
        metric.IsCounter
            ? _factory.CreateCounter(metric.Name, metric.Help, names, NoSampleUntilSet)
            : _factory.CreateGauge(metric.Name, metric.Help, names);
}
