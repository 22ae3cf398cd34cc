using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>What cannot be done with --import and --catalogue is refused in one line, before anything is done.</summary>
public sealed class RunImportUsageTests(UntouchedServer server) : IClassFixture<UntouchedServer>
{
    [Theory]
    [InlineData("--import walg", 64, "--import \"walg\": must be TOOL or TOOL=FILE, where TOOL is one of wal-g, pghoard")]
    [InlineData("--import wal-g=", 64, "--import \"wal-g=\": must be TOOL or TOOL=FILE")]
    [InlineData("--import wal-g --import barman", 64, "--import: only one list can come from standard input: give the others as TOOL=FILE")]
    [InlineData("--import wal-g --dry-run", 64, "--import: writes to the catalogue, which a dry run must not")]
    [InlineData(
        "--import wal-g --server orders",
        64,
        "--server: selects servers of a catalogue; with --import, --instance NAME is the server"
    )]
    [InlineData("--import wal-g --source catalog", 64, "--instance NAME is missing: wal-g does not name the server in its output")]
    [InlineData("--import wal-g --import-timeout soon", 64, "--import-timeout \"soon\": must be a duration")]
    [InlineData("--import wal-g --catalogue", 64, "")]
    [InlineData("--catalogue postgresql://c/m --source catalog", 64, "--catalogue: is only for a catalogue beside another source")]
    [InlineData("--import wal-g --instance a*", 64, "--import: needs an instance whose name has no *")]
    [InlineData(
        "--import wal-g --config FILE",
        64,
        "--import: imports for a single database, so it cannot be combined with targets from a file"
    )]
    public async Task What_does_not_go_together_is_refused_and_nothing_is_done(string arguments, int code, string message)
    {
        using var folder = new TempFolder();
        var file = folder.Write("targets.yaml", $"targets: [{{name: a, connection: \"{server.Server.ConnectionUri()}\"}}]\n");
        var connection = arguments.Contains("FILE", StringComparison.Ordinal) ? "" : "--connection " + server.Server.ConnectionUri() + " ";

        var result = await BackupMetrics.RunAsync(
            $"run --gateway http://127.0.0.1:1 {connection}{arguments.Replace("FILE", file, StringComparison.Ordinal)}".Split(' '),
            null,
            "[]"
        );

        Assert.Equal((code, ""), (result.ExitCode, result.Output));
        Assert.Contains("backup-metrics: " + message, result.Error, StringComparison.Ordinal);
        Assert.Equal(1, result.Error.Count(character => character == '\n'));
        Assert.False(await server.Server.ScalarAsync<bool>("SELECT to_regnamespace('backup_metrics') IS NOT NULL"));
    }

    [Fact]
    public async Task A_variable_that_is_wrong_is_78()
    {
        var environment = new Dictionary<string, string>
        {
            ["BACKUP_METRICS_CONNECTION"] = server.Server.ConnectionUri(),
            ["BACKUP_METRICS_GATEWAY"] = "http://127.0.0.1:1",
            ["BACKUP_METRICS_IMPORT"] = "wal-g, walg",
        };

        var result = await BackupMetrics.RunAsync(["run"], environment, "");

        Assert.Equal(78, result.ExitCode);
        Assert.StartsWith(
            "backup-metrics: BACKUP_METRICS_IMPORT \"walg\": must be TOOL or TOOL=FILE",
            result.Error,
            StringComparison.Ordinal
        );
    }
}

/// <summary>A server that nothing is written to.</summary>
public sealed class UntouchedServer : IAsyncLifetime
{
    internal PostgresServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await PostgresServer.StartAsync();

    public async Task DisposeAsync() => await Server.DisposeAsync();
}
