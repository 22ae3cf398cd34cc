namespace Prometheus;

/// <summary>How a metric is made. LabelNames count only where the call names no labels itself.</summary>
public abstract class MetricConfiguration
{
    public string[]? LabelNames { get; set; }

    /// <summary>If true, a series is not exported before its value is set or it is published.</summary>
    public bool SuppressInitialValue { get; set; }
}

/// <summary>How a gauge is made.</summary>
public sealed class GaugeConfiguration : MetricConfiguration;

/// <summary>How a counter is made.</summary>
public sealed class CounterConfiguration : MetricConfiguration;
