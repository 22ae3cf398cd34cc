using Prometheus;

namespace BackupMetricsJob.Exposition;

/// <summary>
/// Writes samples of declared metrics into a registry. If instances have different user labels, prometheus-net makes one family out of
/// several collectors. A value that is not finite is unknown and has no sample.
/// </summary>
/// <param name="registry">The target registry.</param>
/// <param name="hasEmptyInstance">Whether samples about the run get an empty instance, as a Pushgateway adds it.</param>
internal sealed class Samples(CollectorRegistry registry, bool hasEmptyInstance = false)
{
    static readonly CounterConfiguration NoSampleUntilSet = new() { SuppressInitialValue = true };

    readonly MetricFactory _factory = Metrics.WithCustomRegistry(registry);

    // Collectors by label names. The factory would create each metric again, only to return the existing one:
    // https://github.com/prometheus-net/prometheus-net/issues/119
    readonly Dictionary<string, Dictionary<string, Collector>> _collectors = new(StringComparer.Ordinal);

    /// <summary>The number of samples written.</summary>
    public int Count { get; private set; }

    /// <summary>Writes a sample about the run, without an instance.</summary>
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

    /// <summary>Writes a sample about a database, with the user's labels. Does nothing if the value is unknown.</summary>
    public void Set(Metric metric, SampleLabels of, double? value, params string[] labelValues)
    {
        if (value is not null)
            Set(metric, of.With(labelValues), value);
    }

    /// <summary>
    /// Writes a sample with a label whose value may equal the instance's name. prometheus-net's hash of a series is the XOR of its values'
    /// hashes, so two equal values cancel out. Then the series of all instances would have the same hash, and each would be compared with
    /// all others. So this label belongs to the collector, not to the series:
    /// https://github.com/prometheus-net/prometheus-net/blob/v8.2.1/Prometheus/StringSequence.cs.
    /// </summary>
    /// <param name="label">The metric's first label.</param>
    /// <param name="others">The values of the metric's other labels.</param>
    public void SetNamed(Metric metric, SampleLabels of, double? value, string label, params string[] others)
    {
        if (value is not { } known || !double.IsFinite(known))
            return;
        if (label != of.Instance)
        {
            Set(metric, of, known, [label, .. others]);
            return;
        }

        Count++;
        _factory
            .WithLabels(new Dictionary<string, string> { [metric.Labels[0]] = label })
            .CreateGauge(metric.Name, metric.Help, of.Names(metric.Labels[1..]))
            .WithLabels(of.With(others).Values)
            .Set(known);
    }

    /// <summary>Writes a sample with labels that several metrics share.</summary>
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
