using System.Text;
using Prometheus;

namespace BackupMetricsJob.Tests.PrometheusRoom;

/// <summary>A registry's export as text, and a registry made by a few lines.</summary>
static class Exported
{
    public static async Task<string> TextOf(CollectorRegistry registry)
    {
        using var stream = new MemoryStream();
        await registry.CollectAndExportAsTextAsync(stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    public static Task<string> TextOf(Action<MetricFactory> make)
    {
        var registry = Metrics.NewCustomRegistry();
        make(Metrics.WithCustomRegistry(registry));
        return TextOf(registry);
    }
}
