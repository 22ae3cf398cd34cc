namespace Prometheus;

/// <summary>What a registry can do; there is one implementation, as in the package.</summary>
public interface ICollectorRegistry
{
    IEnumerable<KeyValuePair<string, string>> StaticLabels { get; }

    void AddBeforeCollectCallback(Action callback);

    void AddBeforeCollectCallback(Func<CancellationToken, Task> callback);

    void SetStaticLabels(IDictionary<string, string> labels);

    Task CollectAndExportAsTextAsync(
        Stream to, ExpositionFormat format = ExpositionFormat.PrometheusText, CancellationToken cancel = default);
}
