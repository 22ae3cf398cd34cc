using System.ComponentModel;
using System.Runtime.InteropServices;
using Prometheus.Internal;

namespace Prometheus;

/// <summary>
/// A collector whose series are of the type <typeparamref name="TChild"/>. A wrong number of label values is an ArgumentException, a null
/// among them a NotSupportedException. Every member may be called from any thread.
/// </summary>
public abstract class Collector<TChild> : Collector
    where TChild : ChildBase
{
    internal Collector(string name, string help, string[] labelNames, Label[] staticLabels, bool suppressInitialValue)
        : base(name, help, labelNames, staticLabels, suppressInitialValue)
    {
    }

    /// <summary>The series without labels; a metric that has label names has it only after this was asked for.</summary>
    protected internal TChild Unlabelled => (TChild)GetOrAdd([]);

    public TChild WithLabels(params string[] labelValues)
    {
        RequireValues(labelValues);
        return (TChild)GetOrAdd(labelValues);
    }

    /// <summary>As in the package, the memory is kept and not copied: who gives it does not write to it any more, and may give it to other metrics, too.</summary>
    public TChild WithLabels(ReadOnlyMemory<string> labelValues)
    {
        var kept = MemoryMarshal.TryGetArray(labelValues, out var part) && part.Count == part.Array!.Length ? part.Array : labelValues.ToArray();
        RequireValues(kept);
        return (TChild)GetOrAdd(kept, isOurs: true);
    }

    public TChild WithLabels(ReadOnlySpan<string> labelValues) => WithLabels(labelValues.ToArray());

    [EditorBrowsable(EditorBrowsableState.Never)]
    public TChild Labels(params string[] labelValues) => WithLabels(labelValues);

    public void RemoveLabelled(params string[] labelValues)
    {
        RequireValues(labelValues);
        RemoveChild(labelValues);
    }

    /// <summary>The label values of every labelled series as they are now.</summary>
    public IEnumerable<string[]> GetAllLabelValues() => CopyLabelValues();
}
