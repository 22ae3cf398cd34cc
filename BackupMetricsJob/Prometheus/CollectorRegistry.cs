using Prometheus.Internal;

namespace Prometheus;

/// <summary>
/// Metrics in the order of their making, and their export as text. Metrics are added, never taken out. Every member may be called from any
/// thread. A before-collect callback that throws ScrapeFailedException ends the export before its first byte; what else one throws goes to
/// Trace only, as in the package.
/// </summary>
public sealed class CollectorRegistry : ICollectorRegistry
{
    readonly Lock _gate = new();
    readonly Dictionary<string, Family> _families = new(StringComparer.Ordinal);
    readonly BeforeCollect _beforeCollect = new();
    Label[] _labels = [];
    bool _exported;

    public IEnumerable<KeyValuePair<string, string>> StaticLabels =>
        Array.ConvertAll(Labels, label => KeyValuePair.Create(label.Name, label.Value));

    internal Label[] Labels
    {
        get
        {
            lock (_gate)
                return _labels;
        }
    }

    public void AddBeforeCollectCallback(Action callback) => _beforeCollect.Add(callback);

    public void AddBeforeCollectCallback(Func<CancellationToken, Task> callback) => _beforeCollect.Add(callback);

    /// <summary>Labels of every metric of this registry: set once, before the first metric and the first export, else it is an InvalidOperationException.</summary>
    public void SetStaticLabels(IDictionary<string, string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        lock (_gate)
        {
            if (_labels.Length > 0)
                throw new InvalidOperationException("The registry has its static labels already: they are set once.");

            if (_families.Count > 0)
                throw new InvalidOperationException("The registry has metrics already: static labels are set before the first one.");

            if (_exported)
                throw new InvalidOperationException("The registry has been exported already: static labels are set before that.");

            _labels = Checked(labels);
        }
    }

    public Task CollectAndExportAsTextAsync(Stream to, CancellationToken cancel = default) =>
        CollectAndExportAsTextAsync(to, ExpositionFormat.PrometheusText, cancel);

    /// <summary>Writes the text format 0.0.4, in pieces of some 16 KiB. OpenMetricsText is a NotSupportedException.</summary>
    public Task CollectAndExportAsTextAsync(Stream to, ExpositionFormat format, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(to);
        if (format != ExpositionFormat.PrometheusText)
            throw new NotSupportedException($"The format {format} is not written here: only {ExpositionFormat.PrometheusText} is.");

        return ExportAsync(to, cancel);
    }

    internal Collector GetOrAdd(Collector candidate)
    {
        lock (_gate)
        {
            if (_families.TryGetValue(candidate.Name, out var family))
                return family.GetOrAdd(candidate);

            _families.Add(candidate.Name, new Family(candidate));
            return candidate;
        }
    }

    /// <summary>Calls the callbacks, as an export does first of all. Throws ScrapeFailedException if one of them does.</summary>
    internal Task PrepareAsync(CancellationToken cancel) => _beforeCollect.RunAsync(cancel);

    /// <summary>Writes the metrics as they are, without the callbacks.</summary>
    internal async Task WriteAsync(Stream to, CancellationToken cancel)
    {
        var text = new TextFormat();
        ChildBase[] children = [];
        foreach (var family in Families())
        {
            text.WriteFamily(family[0]);
            foreach (var collector in family)
            {
                var count = collector.CopyChildren(ref children);
                for (var i = 0; i < count; i++)
                {
                    if (children[i].IsPublished)
                        text.WriteSample(collector, children[i]);

                    if (text.IsFull)
                    {
                        await to.WriteAsync(text.Written, cancel);
                        text.Clear();
                    }
                }
            }
        }

        await to.WriteAsync(text.Written, cancel);
        await to.FlushAsync(cancel);
    }

    static Label[] Checked(IDictionary<string, string> labels)
    {
        foreach (var (name, value) in labels)
        {
            if (name is null || value is null)
                throw new ArgumentException($"The static label '{name}' has no value: null is neither a label's name nor its value.", nameof(labels));

            MetricName.RequireLabel(name);
        }

        return Label.From(labels);
    }

    async Task ExportAsync(Stream to, CancellationToken cancel)
    {
        await PrepareAsync(cancel);
        await WriteAsync(to, cancel);
    }

    Collector[][] Families()
    {
        lock (_gate)
        {
            _exported = true;
            var all = new Collector[_families.Count][];
            var count = 0;
            foreach (var family in _families.Values)
                all[count++] = family.ToArray();

            return all;
        }
    }
}
