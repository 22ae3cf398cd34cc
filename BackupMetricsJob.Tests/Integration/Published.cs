using System.Text;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Exposition;
using Prometheus;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>The text that a push of these results would carry.</summary>
internal static class Published
{
    public static readonly RunFacts Run = new(
        new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero),
        TimeSpan.FromSeconds(1.5),
        1,
        TimeSpan.FromMinutes(5),
        new("1.2.3", "abc"),
        LegacyNames: true
    );

    public static string Text(params ProbeResult[] results) => Text(Run, results);

    public static string Text(RunFacts run, params ProbeResult[] results)
    {
        var registry = Metrics.NewCustomRegistry();
        BackupMetrics.Write(results, run, registry);
        var text = new MemoryStream();
        registry.CollectAndExportAsTextAsync(text).GetAwaiter().GetResult();
        return Encoding.UTF8.GetString(text.ToArray());
    }
}
