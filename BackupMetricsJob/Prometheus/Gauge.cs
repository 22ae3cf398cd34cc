using Prometheus.Internal;

namespace Prometheus;

/// <summary>A metric whose number goes up and down. Its own members are those of the series without labels.</summary>
public sealed class Gauge : Collector<Gauge.Child>, IGauge
{
    internal Gauge(string name, string help, string[] labelNames, Label[] staticLabels, bool suppressInitialValue)
        : base(name, help, labelNames, staticLabels, suppressInitialValue)
    {
    }

    public double Value => Unlabelled.Value;

    internal override ReadOnlySpan<byte> TypeName => "gauge"u8;

    public void Inc(double increment = 1) => Unlabelled.Inc(increment);

    public void Set(double val) => Unlabelled.Set(val);

    public void Dec(double decrement = 1) => Unlabelled.Dec(decrement);

    public void IncTo(double targetValue) => Unlabelled.IncTo(targetValue);

    public void DecTo(double targetValue) => Unlabelled.DecTo(targetValue);

    public void Publish() => Unlabelled.Publish();

    public void Unpublish() => Unlabelled.Unpublish();

    private protected override ChildBase NewChild(string[] labelValues) => new Child(this, labelValues, !SuppressInitialValue);

    /// <summary>One series of a gauge.</summary>
    public sealed class Child : ChildBase, IGauge
    {
        internal Child(Gauge parent, string[] labelValues, bool publish)
            : base(parent, labelValues, publish)
        {
        }

        public double Value => Current;

        public void Inc(double increment = 1) => Add(increment);

        public void Set(double val) => Store(val);

        public void Dec(double decrement = 1) => Add(-decrement);

        public void IncTo(double targetValue) => RaiseTo(targetValue);

        public void DecTo(double targetValue) => LowerTo(targetValue);
    }
}
