using System.IO.Compression;
using BackupMetricsJob.Exposition;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Running;
using Prometheus;

namespace BackupMetricsJob.Schedule.State;

/// <summary>
/// The series of one run in the text format, compressed, for those who scrape: each has the labels that it would have behind a gateway but
/// for the job, which the scrape sets. It is written once a run, however many scrape it.
/// </summary>
internal sealed class ScrapeText(byte[] gzip)
{
    /// <summary>The text, compressed.</summary>
    public ReadOnlyMemory<byte> Gzip => gzip;

    /// <summary>What the run pushed, or would have; null where it did not come so far.</summary>
    public static async Task<ScrapeText?> OfRunAsync(RunReport report, GroupingKey group)
    {
        if (report.Facts is not { } facts)
            return null;
        var registry = Metrics.NewCustomRegistry();
        registry.SetStaticLabels(
            group.Labels.Where(label => label.Name != "instance").ToDictionary(label => label.Name, label => label.Value)
        );
        BackupMetrics.Write(report.Results, facts, new Samples(registry, hasEmptyInstance: true));
        return await WriteAsync(registry);
    }

    /// <summary>
    /// What is known where no run has ended: which program this is. Two nodes may say so at once, so it gets the scrape's own instance.
    /// </summary>
    public static Task<ScrapeText> OfBuildAsync(BuildVersion build)
    {
        var registry = Metrics.NewCustomRegistry();
        new Samples(registry).Set(MetricNames.BuildInfo, 1, build.Version, build.Revision);
        return WriteAsync(registry);
    }

    /// <summary>The text as it is read piece by piece.</summary>
    public Stream Open() => new GZipStream(new MemoryStream(gzip, writable: false), CompressionMode.Decompress);

    static async Task<ScrapeText> WriteAsync(CollectorRegistry registry)
    {
        using var kept = new MemoryStream();
        await using (var compressed = new GZipStream(kept, CompressionLevel.Fastest, leaveOpen: true))
        await using (var buffered = new BufferedStream(compressed, 64 * 1024))
            await registry.CollectAndExportAsTextAsync(buffered, CancellationToken.None);
        return new(kept.ToArray());
    }
}
