using System.Globalization;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Tests.Backups;
using BackupMetricsJob.Tests.Integration;
using Prometheus;

namespace BackupMetricsJob.Tests.Pushgateway;

/// <summary>The text of ten thousand servers, tens of megabytes, is never in memory as a whole.</summary>
public sealed class FleetTextTests
{
    const int Servers = 10_000;

    [Fact]
    public async Task It_is_written_in_pieces_and_kept_in_a_few_megabytes()
    {
        var registry = Metrics.NewCustomRegistry();
        BackupMetricsJob.Exposition.BackupMetrics.Write(
            [
                .. Enumerable
                    .Range(0, Servers)
                    .Select(i =>
                        Evidence.Result with
                        {
                            Instance = Evidence.Orders with { Name = string.Create(CultureInfo.InvariantCulture, $"db{i}.example:5432") },
                        }
                    ),
            ],
            Published.Run,
            registry
        );
        using var recorder = new CompressingBuffer();
        using var pieces = new Pieces(recorder);

        await registry.CollectAndExportAsTextAsync(pieces);
        var kept = recorder.Complete();

        // Measured: 27 MB of text in pieces of at most 16 KiB, 1.4 MB kept.
        Assert.InRange(recorder.TextLength, 20_000_000, int.MaxValue);
        Assert.InRange(pieces.Longest, 1, 64 * 1024);
        Assert.InRange(kept.Count, 1, recorder.TextLength / 10);
        Assert.InRange(pieces.Allocated, 1, 10_000_000);
    }

    /// <summary>Observes what the registry writes and the memory that keeping it takes.</summary>
    sealed class Pieces(Stream to) : MemoryStream
    {
        public int Longest { get; private set; }

        public long Allocated { get; private set; }

        public override void Write(byte[] buffer, int offset, int count)
        {
            Longest = Math.Max(Longest, count);
            var before = GC.GetAllocatedBytesForCurrentThread();
            to.Write(buffer, offset, count);
            Allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }
}
