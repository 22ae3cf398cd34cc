using BackupMetricsJob.Catalog;
using BackupMetricsJob.Catalog.Import;
using BenchmarkDotNet.Attributes;

namespace BackupMetricsJob.Benchmarks.Inner;

/// <summary>What does it cost to read what each tool prints, as the fixtures of the tests have it?</summary>
public class Importers
{
    static readonly ListingOptions Options = new("db1", TimeZoneInfo.Utc, new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));

    byte[] _output = [];

    [Params("wal-g", "pghoard", "pgbackrest", "barman")]
    public string Tool { get; set; } = "";

    [GlobalSetup]
    public void Load() =>
        _output = File.ReadAllBytes(
            Path.Combine(
                AppContext.BaseDirectory,
                "Fixtures",
                Tool switch
                {
                    "wal-g" => "walg/backup_list_detail.json",
                    "pghoard" => "pghoard/http_basebackups.json",
                    "pgbackrest" => "pgbackrest/info_10_full_diff_incr.json",
                    _ => "barman/list_backups_all.json",
                }
            )
        );

    [Benchmark]
    public async Task<int> Read()
    {
        using var input = new MemoryStream(_output);
        var backups = 0;
        await foreach (
            var item in ToolOutput.ReadAsync(
                Tool,
                input,
                Tool is "wal-g" or "pghoard" ? Options : Options with { Server = null },
                CancellationToken.None
            )
        )
        {
            if (item is ListingItem.Backup)
                backups++;
        }

        return backups > 0 ? backups : throw new InvalidOperationException($"{Tool}: no backup was read");
    }
}
