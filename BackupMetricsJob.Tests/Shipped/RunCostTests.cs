using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Shipped;

/// <summary>
/// What a run of one healthy database asks of others, in counts that no noise moves, and that it carries nothing of the scheduler.
/// </summary>
public sealed class RunCostTests : IAsyncLifetime
{
    const string Password = "pw";

    PostgresServer _server = null!;
    PushgatewayServer _gateway = null!;

    public async Task InitializeAsync()
    {
        _gateway = await PushgatewayServer.StartAsync();
        string[] hba = ["local all all trust", "local replication all trust", "host all monitor 127.0.0.1/32 scram-sha-256"];
        _server = await PostgresServer.StartAsync(new() { Archiving = true, Hba = hba });
        await _server.ExecuteAsync($"CREATE ROLE monitor LOGIN PASSWORD '{Password}' IN ROLE pg_monitor");
        await _server.BaseBackupAsync();
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _gateway.DisposeAsync();
    }

    [Fact]
    public async Task Two_round_trips_after_the_login_and_one_PUT()
    {
        var conversation = new PostgresConversation();
        await using var relay = new Relay(_server.Port, conversation.Step);
        var connection =
            _server.ConnectionUri("monitor").Replace($":{_server.Port}/", $":{new Uri(relay.Url).Port}/", StringComparison.Ordinal)
            + "?sslmode=disable";

        await using var run = ChildProcess.Start(
            await NativeProgram.PathAsync(),
            ["run", "--connection", connection, "--instance", "orders", "--label", "team=payments", "--gateway", _gateway.Url],
            new()
            {
                Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin", ["PGPASSWORD"] = Password },
            }
        );
        var result = await run.WaitAsync();

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Equal(1, relay.Connections);
        Assert.Equal(2, conversation.RoundTrips);
        Assert.Equal(9, conversation.Queries);
        var puts = (await _gateway.SamplesAsync("pushgateway_http_requests_total")).Where(line =>
            line.Contains("\"put\"", StringComparison.Ordinal)
        );
        Assert.Equal("pushgateway_http_requests_total{code=\"200\",handler=\"push\",method=\"put\"} 1", Assert.Single(puts));
    }

    [Fact]
    public async Task A_run_loads_neither_Quartz_nor_Kestrel_nor_the_reader_of_files()
    {
        await using var silent = new SilentServer();
        // Of the plain build, whatever BACKUP_METRICS_EXE names: in a native program nobody sees which part of it is used.
        await using var run = ChildProcess.Start(
            Path.Combine(BackupMetrics.DotnetRoot, "dotnet"),
            [
                Path.Combine(AppContext.BaseDirectory, "backup-metrics.dll"),
                "run",
                "--connection",
                _server.ConnectionUri(),
                "--instance",
                "orders",
                "--gateway",
                $"http://{SilentServer.Host}:{silent.Port}",
                "--timeout",
                "5s",
                "--deadline",
                "5s",
            ],
            new()
        );
        await silent.FirstConnection.WaitAsync(Wait.Deadline);

        var loaded = await File.ReadAllTextAsync($"/proc/{run.Id}/maps");

        Assert.Contains("/Npgsql.dll", loaded, StringComparison.Ordinal);
        Assert.All(
            ["Quartz", "Microsoft.AspNetCore.Server.Kestrel", "YamlDotNet"],
            name => Assert.DoesNotContain($"/{name}", loaded, StringComparison.Ordinal)
        );
    }
}
