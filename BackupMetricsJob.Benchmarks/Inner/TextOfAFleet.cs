using BackupMetricsJob.Backups;
using BackupMetricsJob.Exposition;
using BenchmarkDotNet.Attributes;
using Prometheus;

namespace BackupMetricsJob.Benchmarks.Inner;

/// <summary>What does it cost to write the samples of 1,000 databases as text?</summary>
public class TextOfAFleet
{
    static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();

    [GlobalSetup]
    public void Fill()
    {
        var run = new RunFacts(Noon, TimeSpan.FromSeconds(1.5), 1, TimeSpan.FromMinutes(5), new("1.2.3", "abc"), LegacyNames: true);
        BackupMetrics.Write([.. Enumerable.Range(0, 1000).Select(Result)], run, _registry);
    }

    [Benchmark]
    public Task Write() => _registry.CollectAndExportAsTextAsync(Stream.Null);

    static ProbeResult Result(int number) =>
        new(new($"db{number:0000}.example:5432", [new("team", "payments")], AgeLimit.Defaults, [SourceName.Server]))
        {
            At = Noon,
            Duration = TimeSpan.FromMilliseconds(250 + number),
            ClockOffset = TimeSpan.FromSeconds(0.5),
            Server = new()
            {
                VersionNumber = 150020,
                InRecovery = false,
                ArchiveMode = "on",
                HasArchiveCommand = true,
                Now = Noon,
                Archiver = new(10 + number, Noon.AddMinutes(-3), 0, null, null, null),
                Wal = new()
                {
                    DirectoryBytes = 48 << 20,
                    SegmentSize = 16 << 20,
                    Timeline = 1,
                    UnarchivedBytes = 5000 + number,
                    NewestDone = Noon.AddMinutes(-3),
                    NewestBeforeUnarchived = Noon.AddMinutes(-3),
                    LastWrite = Noon.AddSeconds(-10),
                    ReplayBytes = 33_554_432,
                    ReceiversAreVisible = true,
                    ReadySegments = 0,
                    DoneSegments = 2,
                    ArchiveTimeout = TimeSpan.Zero,
                },
            },
            Backups =
            [
                new(SourceName.Server, "pg_basebackup", BackupType.Base)
                {
                    LastSuccess = Noon.AddHours(-3),
                    Age = TimeSpan.FromHours(3),
                    LastDuration = TimeSpan.FromMinutes(4),
                },
            ],
            SourcesThatAnswered = [SourceName.Server],
        };
}
