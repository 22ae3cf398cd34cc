namespace Prometheus;

/// <summary>
/// One series: its label values, its number, and whether it is published. Setting the number publishes it.
/// Every member may be called from any thread.
/// </summary>
public abstract class ChildBase : ICollectorChild, IDisposable
{
    readonly Collector _parent;
    long _bits;
    bool _published;

    internal ChildBase(Collector parent, string[] labelValues, bool publish)
    {
        _parent = parent;
        LabelValues = labelValues;
        _published = publish;
    }

    /// <summary>Values of the collector's own labels: none in the unlabelled series.</summary>
    internal string[] LabelValues { get; }

    internal bool IsPublished => Volatile.Read(ref _published);

    internal double Current => BitConverter.Int64BitsToDouble(Volatile.Read(ref _bits));

    public void Publish() => Volatile.Write(ref _published, true);

    public void Unpublish() => Volatile.Write(ref _published, false);

    /// <summary>Takes the series out of its collector: it is no longer exported, whatever is set on it.</summary>
    public void Remove() => _parent.RemoveChild(LabelValues);

    public void Dispose() => Remove();

    public override string ToString() => $"{_parent.Name}{{{string.Join(", ", LabelValues)}}}";

    private protected void Store(double value)
    {
        Volatile.Write(ref _bits, BitConverter.DoubleToInt64Bits(value));
        Publish();
    }

    private protected void Add(double increment)
    {
        long seen;
        do
            seen = Volatile.Read(ref _bits);
        while (!Swap(seen, BitConverter.Int64BitsToDouble(seen) + increment));
        Publish();
    }

    private protected void RaiseTo(double target)
    {
        long seen;
        do
            seen = Volatile.Read(ref _bits);
        while (!(BitConverter.Int64BitsToDouble(seen) >= target) && !Swap(seen, target));
        Publish();
    }

    private protected void LowerTo(double target)
    {
        long seen;
        do
            seen = Volatile.Read(ref _bits);
        while (!(BitConverter.Int64BitsToDouble(seen) <= target) && !Swap(seen, target));
        Publish();
    }

    // The bits are compared, not the numbers: NaN does not equal itself.
    bool Swap(long seen, double value) => Interlocked.CompareExchange(ref _bits, BitConverter.DoubleToInt64Bits(value), seen) == seen;
}
