using System.IO.Compression;
using BackupMetricsJob.Exposition;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Running;
using Prometheus;

namespace BackupMetricsJob.Schedule.State;

/// <summary>
/// The series of a run in the text format, compressed, for scrapes. Each series has the labels that it would have at a Pushgateway, except
/// job, which the scrape sets. Rendered once per run.
/// </summary>
internal sealed class ScrapeText(byte[] gzip)
{
    /// <summary>The compressed text.</summary>
    public ReadOnlyMemory<byte> Gzip => gzip;

    /// <summary>What the run pushed or would have pushed; null if it did not get that far.</summary>
    public static async Task<ScrapeText?> OfRunAsync(RunReport report, GroupingKey group)
    {
        if (report.Facts is not { } facts)
            return null;
        return await WriteAsync(to => Textfile.WriteAsync(to, report.Results, facts, group, hasJob: false));
    }

    /// <summary>
    /// Only the build information, until a run has ended. Two nodes may expose it at once, so its instance is that of the scrape.
    /// </summary>
    public static Task<ScrapeText> OfBuildAsync(BuildVersion build)
    {
        var registry = Metrics.NewCustomRegistry();
        new Samples(registry).Set(RunMetricNames.BuildInfo, 1, build.Version, build.Revision);
        return WriteAsync(to => registry.CollectAndExportAsTextAsync(to, CancellationToken.None));
    }

    /// <summary>The uncompressed text as a stream.</summary>
    public Stream Open() => new GZipStream(new MemoryStream(gzip, writable: false), CompressionMode.Decompress);

    static async Task<ScrapeText> WriteAsync(Func<Stream, Task> write)
    {
        using var kept = new MemoryStream();
        await using (var compressed = new GZipStream(kept, CompressionLevel.Fastest, leaveOpen: true))
        await using (var buffered = new BufferedStream(compressed, 64 * 1024))
            await write(buffered);
        return new(kept.ToArray());
    }
}
