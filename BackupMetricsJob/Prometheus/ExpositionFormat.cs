namespace Prometheus;

/// <summary>The text formats of the package. This room writes the first; a Pushgateway reads any body as that one.</summary>
public enum ExpositionFormat
{
    PrometheusText,
    OpenMetricsText,
}
