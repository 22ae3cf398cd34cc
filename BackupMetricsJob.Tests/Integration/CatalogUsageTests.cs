using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>What is wrong with the command line or the input is told in one line, by its code, and nothing is written.</summary>
public sealed class CatalogUsageTests(SharedCatalogDatabase catalogue) : IClassFixture<SharedCatalogDatabase>
{
    Dictionary<string, string> Environment => new() { ["BACKUP_METRICS_CONNECTION"] = catalogue.Database.Uri };

    [Theory]
    [InlineData("", "empty", "backup-metrics: import: ")]
    [InlineData("<html><body>502 Bad Gateway</body></html>", "", "backup-metrics: import: ")]
    [InlineData("{\"pg\": []}", "", "backup-metrics: import: ")]
    [InlineData("[{\"backup_name\": \"base_000000010000000000000002\", \"time\": \"2026-11-20T03:00:00Z\"", "", "backup-metrics: import: ")]
    [InlineData("[{\"backup_name\": \"base_000000010000000000000002\", \"time\": 7}]", "$[0].time", "backup-metrics: import: $[0].time: ")]
    [InlineData(
        "[{\"backup_name\": \"base_000000010000000000000002\", \"time\": \"2996-11-20T03:00:00Z\"}]",
        "$[0].time",
        "backup-metrics: import: $[0].time: "
    )]
    public async Task What_the_tool_does_not_print_is_65_with_its_place_and_writes_nothing(string input, string place, string start)
    {
        var result = await BackupMetrics.RunAsync(["import", "wal-g", "--server", "orders"], Environment, input);

        Assert.Equal((65, ""), (result.ExitCode, result.Output));
        Assert.StartsWith(start, result.Error, StringComparison.Ordinal);
        Assert.Contains(place, result.Error, StringComparison.Ordinal);
        // Where it was recorded stands in a line of its own.
        Assert.Equal(2, result.Error.Count(character => character == '\n'));
        Assert.Empty(await catalogue.Database.RowsAsync());
    }

    [Theory]
    [InlineData("import", 64)]
    [InlineData("import pg_probackup", 64)]
    [InlineData("import wal-g", 64)]
    [InlineData("import wal-g --server", 64)]
    [InlineData("import wal-g --server=", 64)]
    [InlineData("import wal-g --server x --timezone Europe/Atlantis", 64)]
    [InlineData("import wal-g --server x --timeout 2d", 64)]
    [InlineData("import wal-g --server x --timeout soon", 64)]
    [InlineData("import wal-g  --server x", 64)] // An empty FILE, as of a variable that is not set.
    [InlineData("import wal-g /nowhere/list.json --server x", 65)]
    [InlineData("import wal-g /tmp --server x", 65)]
    [InlineData("catalog prune", 64)]
    [InlineData("catalog prune --keep 5", 64)]
    [InlineData("catalog forget", 64)]
    [InlineData("catalog forget --server x --refused wal-g", 64)]
    [InlineData("catalog forget --refused wal-g --tool wal-g", 64)]
    [InlineData("catalog forget --server x --host h", 64)]
    [InlineData("catalog forget --server x --storage s", 64)]
    [InlineData("catalog init --server --grant-writer x", 64)]
    [InlineData("catalog init --grant-writer=", 64)]
    [InlineData("record --server s --tool t --type full", 64)]
    [InlineData("record --server s --tool t --type base --from-exit-code 0", 64)]
    [InlineData("record --server s --tool t --type full --from-exit-code x", 64)]
    [InlineData("record --server s --tool t --type full --from-exit-code 0 --finished yesterday", 64)]
    [InlineData("record --server s --tool t --type full --from-exit-code 0 --finished 2026-11-20T03:00:00", 64)]
    [InlineData("record --server s --tool t --type full --from-exit-code 0 --finished 2999-01-01T00:00:00Z", 64)]
    [InlineData(
        "record --server s --tool t --type full --from-exit-code 0 --started 2020-01-02T00:00:00Z --finished 2020-01-01T00:00:00Z",
        64
    )]
    [InlineData("record --server s --tool t --type full --from-exit-code 0 --size -1", 64)]
    [InlineData("record --server s --tool t --type full --from-exit-code 0 --restored x", 64)]
    [InlineData("record --server s --tool t --type full --from-exit-code 0 --id=", 64)]
    [InlineData("record --server s --tool t --type full --from-exit-code 0 --size-of /nowhere", 65)]
    public async Task What_is_typed_wrong_is_told_and_standard_output_left_alone(string arguments, int code)
    {
        var result = await BackupMetrics.RunAsync(arguments.Split(' '), Environment);

        Assert.Equal((code, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("backup-metrics: ", result.Error, StringComparison.Ordinal);
        Assert.Empty(await catalogue.Database.RowsAsync());
    }

    [Theory]
    [InlineData("import --help")]
    [InlineData("record --help")]
    [InlineData("catalog --help")]
    [InlineData("catalog init --help")]
    [InlineData("catalog prune --help")]
    [InlineData("catalog forget --help")]
    public async Task Help_is_asked_for_and_so_on_standard_output(string arguments)
    {
        var result = await BackupMetrics.RunAsync(arguments.Split(' '));

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Snapshot.Matches(
            "help" + arguments.Replace(" --help", "", StringComparison.Ordinal).Replace(' ', '-') + "-help.txt",
            result.Output
        );
    }
}
