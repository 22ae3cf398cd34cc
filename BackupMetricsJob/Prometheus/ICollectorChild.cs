namespace Prometheus;

/// <summary>What every labelled instance of a metric is.</summary>
public interface ICollectorChild;
