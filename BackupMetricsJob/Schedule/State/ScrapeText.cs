using System.IO.Compression;
using BackupMetricsJob.Exposition;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Running;
using Prometheus;

namespace BackupMetricsJob.Schedule.State;

/// <summary>
/// The series of one run in the text format, compressed, for those who scrape: each has the labels that it would have behind a gateway but for
/// the job, which the scrape sets. It is written once a run, however many scrape it.
/// </summary>
internal sealed class ScrapeText
{
    ScrapeText(byte[] gzip, long length) => (Gzip, Length) = (gzip, length);

    /// <summary>The text, compressed.</summary>
    public ReadOnlyMemory<byte> Gzip { get; }

    /// <summary>The length of the text, uncompressed.</summary>
    public long Length { get; }

    /// <summary>What the run pushed, or would have; null where it did not come so far.</summary>
    public static ScrapeText? Of(RunReport report, GroupingKey group)
    {
        if (report.Facts is not { } facts) return null;
        var registry = Metrics.NewCustomRegistry();
        BackupMetrics.Write(report.Results, facts, registry);
        return Write(registry, text => new GroupLabels(text, group));
    }

    /// <summary>What is known where no run has ended: which program this is. Two nodes may say so at once, so it gets the scrape's own instance.</summary>
    public static ScrapeText OfBuild(BuildVersion build)
    {
        var registry = Metrics.NewCustomRegistry();
        new Samples(registry).Set(MetricNames.BuildInfo, 1, build.Version, build.Revision);
        return Write(registry, text => text);
    }

    /// <summary>The text as it is read piece by piece.</summary>
    public Stream Open() => new GZipStream(new MemoryStream(Gzip.ToArray(), writable: false), CompressionMode.Decompress);

    static ScrapeText Write(CollectorRegistry registry, Func<Stream, Stream> labelled)
    {
        using var kept = new MemoryStream();
        long length;
        using (var gzip = new GZipStream(kept, CompressionLevel.Fastest, leaveOpen: true))
        using (var counted = new CountingStream(gzip))
        using (var text = labelled(counted))
        {
#pragma warning disable CA2025 // It is waited for.
            registry.CollectAndExportAsTextAsync(text, CancellationToken.None).GetAwaiter().GetResult();
#pragma warning restore CA2025
            length = counted.Count;
        }

        return new(kept.ToArray(), length);
    }
}
