using Prometheus.Internal;

namespace Prometheus;

/// <summary>
/// All series of one metric with one set of label names. Names are checked when it is made: an invalid or reserved one is an
/// ArgumentException, one that occurs twice an InvalidOperationException.
/// </summary>
public abstract class Collector
{
    readonly string[] _labelNames;

    // Keyed by label values. Without a removal a Dictionary keeps the order of insertion, which is the order of export.
    readonly Dictionary<string[], ChildBase> _children = new(StringArrayComparer.Ordinal);

    internal Collector(string name, string help, string[] labelNames, Label[] staticLabels, bool suppressInitialValue)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(labelNames);
        if (Array.IndexOf(labelNames, null) >= 0)
            throw new NotSupportedException($"A label name of the metric '{name}' is null.");

        if (!MetricName.IsValid(name))
            throw new ArgumentException($"'{name}' is not a metric name: letters, digits and underscores, not a digit first.", nameof(name));

        Name = name;
        Help = help;
        _labelNames = [.. labelNames];
        StaticLabels = staticLabels;
        SuppressInitialValue = suppressInitialValue;
        RequireValidLabels();
    }

    public string Name { get; }

    public string Help { get; }

    /// <summary>Names of the labels whose values a series has of its own: static ones are not among them.</summary>
    public string[] LabelNames => [.. _labelNames];

    internal ReadOnlySpan<string> InstanceLabelNames => _labelNames;

    /// <summary>On every series of this collector, after its own labels: the factory's, then the registry's.</summary>
    internal Label[] StaticLabels { get; }

    internal abstract ReadOnlySpan<byte> TypeName { get; }

    private protected bool SuppressInitialValue { get; }

    public override string ToString() => $"{Name}{{{string.Join(", ", _labelNames)}}}";

    internal void RemoveChild(string[] labelValues)
    {
        lock (_children)
            _children.Remove(labelValues);
    }

    /// <summary>Label names, static names and static values: the same identity, the same collector. The first two are never empty strings.</summary>
    internal string[] Identity()
    {
        string[] identity = new string[_labelNames.Length + 2 + (2 * StaticLabels.Length)];
        _labelNames.CopyTo(identity, 0);
        var at = _labelNames.Length;
        identity[at++] = "";
        foreach (var label in StaticLabels)
            identity[at++] = label.Name;

        identity[at++] = "";
        foreach (var label in StaticLabels)
            identity[at++] = label.Value;

        return identity;
    }

    /// <summary>Copies the series into <paramref name="children"/>, which grows where it must, and says how many there are.</summary>
    internal int CopyChildren(ref ChildBase[] children)
    {
        // A metric without labels has a value, 0, before anybody sets it.
        if (_labelNames.Length == 0)
            GetOrAdd([]);

        lock (_children)
        {
            if (children.Length < _children.Count)
                children = new ChildBase[_children.Count];

            _children.Values.CopyTo(children, 0);
            return _children.Count;
        }
    }

    /// <param name="isOurs">Whether nobody else writes to the array.</param>
    private protected ChildBase GetOrAdd(string[] labelValues, bool isOurs = false)
    {
        lock (_children)
        {
            if (_children.TryGetValue(labelValues, out var existing))
                return existing;

            // The caller keeps its array and may write to it: the key must be ours.
            string[] own = isOurs ? labelValues : [.. labelValues];
            var child = NewChild(own);
            _children.Add(own, child);
            return child;
        }
    }

    private protected abstract ChildBase NewChild(string[] labelValues);

    private protected void RequireValues(string[] labelValues)
    {
        ArgumentNullException.ThrowIfNull(labelValues);
        if (Array.IndexOf(labelValues, null) >= 0)
            throw new NotSupportedException($"A label value of the metric '{Name}' is null.");

        if (labelValues.Length != _labelNames.Length)
        {
            throw new ArgumentException(
                $"The metric '{Name}' has {_labelNames.Length} labels, and {labelValues.Length} values were given.", nameof(labelValues));
        }
    }

    private protected List<string[]> CopyLabelValues()
    {
        lock (_children)
        {
            var all = new List<string[]>(_children.Count);
            foreach (var labelValues in _children.Keys)
            {
                if (labelValues.Length > 0)
                    all.Add([.. labelValues]);
            }

            return all;
        }
    }

    void RequireValidLabels()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var label in _labelNames)
            RequireValidLabel(label, seen);

        foreach (var label in StaticLabels)
            RequireValidLabel(label.Name, seen);
    }

    void RequireValidLabel(string label, HashSet<string> seen)
    {
        MetricName.RequireLabel(label);
        if (!seen.Add(label))
            throw new InvalidOperationException($"The metric '{Name}' has the label '{label}' twice.");
    }
}
