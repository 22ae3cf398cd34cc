using BackupMetricsJob.Catalog;
using BackupMetricsJob.Catalog.Import;

namespace BackupMetricsJob.Tests.Catalog.Import;

/// <summary>
/// The text of a list is all that is kept of it. Nothing else runs beside these tests, since they look at the heap of the whole process.
/// </summary>
[Collection(nameof(LongListTests))]
[CollectionDefinition(nameof(LongListTests), DisableParallelization = true)]
public class LongListTests
{
    const int Many = 30_000;

    static string PgBackRest(int number) =>
        $$$"""{"archive":{"start":"00000001000000000000002B","stop":"00000001000000000000002B"},"backrest":{"format":5,"version":"2.45"},"database":{"id":1,"repo-key":1},"error":false,"info":{"delta":29194190,"repository":{"delta":3304634,"size":3304634},"size":29194190},"label":"{{{number:D8}}}-082043F","lsn":{"start":"0/2B000028","stop":"0/2B000100"},"prior":null,"reference":["{{{new string('r', 300)}}}"],"timestamp":{"start":1795335643,"stop":1795335652},"type":"full"}""";

    static string WalG(int number) =>
        $$"""{"backup_name":"base_{{number + 1:X24}}_D_{{number:X24}}","time":"2026-11-15T01:00:18.73Z","wal_file_name":"{{number + 1:X24}}","storage_name":"default","start_time":"2026-11-15T01:00:02.049923Z","finish_time":"2026-11-15T01:00:18.084199Z","user_data":"{{new string('u', 500)}}"}""";

    static string Barman(int number) =>
        $$"""{"backup_id": "2{{number:D8}}", "backup_name": "{{new string('n', 500)}}", "end_time": "Sun Nov 22 08:26:38 2026", "end_time_timestamp": "1795335998", "size_bytes": 57334330, "status": "DONE"}""";

    static string Pghoard(int number) =>
        $$"""{"last_modified":"2026-11-22T08:31:38.276655Z","metadata":{"start-time":"2026-11-22T08:31:19+00:00","host":"{{new string('h', 500)}}"},"name":"s/basebackup/{{number}}","size":"7"}""";

    static Endless List(string tool) =>
        tool switch
        {
            "pgbackrest" => new Endless(
                "[{\"archive\":[],\"backup\":[",
                PgBackRest,
                Many,
                "],\"db\":[],\"name\":\"main\",\"status\":{\"code\":0,\"message\":\"ok\"}}]"
            ),
            "wal-g" => new Endless("[", WalG, Many, "]"),
            "barman" => new Endless("{\"main\":[", Barman, Many, "]}"),
            _ => new Endless("{\"basebackups\":[", Pghoard, Many, "]}"),
        };

    [Theory]
    [InlineData("pgbackrest")]
    [InlineData("wal-g")]
    [InlineData("barman")]
    [InlineData("pghoard")]
    public async Task Twenty_megabytes_are_read_in_little_more(string tool)
    {
        await using var list = List(tool);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var most = before;
        var (backups, servers) = (0, 0);
        await foreach (var item in ToolOutput.ReadAsync(tool, list, Reading.Options("main"), CancellationToken.None))
        {
            if (item is ListingItem.CompleteServer)
                servers++;
            else if (++backups % 10_000 == 0)
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true));
        }

        Assert.Equal((Many, 1), (backups, servers));
        Assert.InRange(list.Given, 15_000_000L, 100_000_000L);
        Assert.True(most - before < list.Given + 8_000_000, $"the heap grew by {most - before} bytes for {list.Given}");
    }

    [Fact]
    public async Task Reading_ends_when_it_is_cancelled()
    {
        await using var list = List("pgbackrest");
        using var cancel = new CancellationTokenSource();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (
                var item in ToolOutput.ReadAsync("pgbackrest", new CancellableStream(list), Reading.Options("main"), cancel.Token)
            )
                Assert.Fail($"{item}");
        });
    }
}
