using Prometheus.Internal;

namespace Prometheus;

/// <summary>A metric whose number only grows. Its own members are those of the series without labels.</summary>
public sealed class Counter : Collector<Counter.Child>, ICounter
{
    internal Counter(string name, string help, string[] labelNames, Label[] staticLabels, bool suppressInitialValue)
        : base(name, help, labelNames, staticLabels, suppressInitialValue)
    {
    }

    public double Value => Unlabelled.Value;

    internal override ReadOnlySpan<byte> TypeName => "counter"u8;

    public void Inc(double increment = 1.0) => Unlabelled.Inc(increment);

    public void IncTo(double targetValue) => Unlabelled.IncTo(targetValue);

    public void Publish() => Unlabelled.Publish();

    public void Unpublish() => Unlabelled.Unpublish();

    private protected override ChildBase NewChild(string[] labelValues) => new Child(this, labelValues, !SuppressInitialValue);

    /// <summary>One series of a counter.</summary>
    public sealed class Child : ChildBase, ICounter
    {
        internal Child(Counter parent, string[] labelValues, bool publish)
            : base(parent, labelValues, publish)
        {
        }

        public double Value => Current;

        public void Inc(double increment = 1.0)
        {
            if (increment < 0)
                throw new ArgumentOutOfRangeException(nameof(increment), increment, "A counter only grows: the increment must not be negative.");

            Add(increment);
        }

        public void IncTo(double targetValue) => RaiseTo(targetValue);
    }
}
