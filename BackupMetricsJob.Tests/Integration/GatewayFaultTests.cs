using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>What can be wrong with a gateway, through the built command, with a database that is well.</summary>
public sealed class GatewayFaultTests(SharedArchivingPostgres shared) : IClassFixture<SharedArchivingPostgres>
{
    [Fact]
    public async Task A_closed_port() =>
        await RunAsync($"http://127.0.0.1:{FreePort.Next()}", 75, "could not be reached: Connection refused");

    [Fact]
    public async Task A_gateway_that_says_nothing()
    {
        await using var gateway = new StubPushgateway(StubPushgateway.Hang());
        await RunAsync(gateway.Url, 75, "did not answer in time");
        Assert.Single(gateway.Requests);
    }

    [Fact]
    public async Task A_refusal_in_its_own_words()
    {
        await using var gateway = new StubPushgateway(StubPushgateway.Status(400, "pushed metrics are invalid: some reason"));
        await RunAsync(gateway.Url, 76, "refused the push (HTTP 400): pushed metrics are invalid: some reason");
        Assert.Single(gateway.Requests);
    }

    [Fact]
    public async Task Twice_unavailable_then_stored()
    {
        await using var gateway = new StubPushgateway(
            StubPushgateway.Status(503),
            StubPushgateway.Status(503),
            StubPushgateway.Status(200)
        );
        await RunAsync(gateway.Url, 0, "stored the push; 3 attempts");
        Assert.Equal(3, gateway.Requests.Count);
        Assert.All(gateway.Requests, request => Assert.Equal(gateway.Requests[0].Text, request.Text));
        Assert.All(
            gateway.Requests,
            request => Assert.Equal(("PUT", "/metrics/job/backup_metrics/run/db"), (request.Method, request.Path))
        );
    }

    [Theory]
    [InlineData("<html>Welcome!</html>", "Content-Type: text/html", "with a web page")]
    [InlineData("<title> Grafana </title>", "Content-Type: text/html", "with a web page, \"Grafana\"")]
    [InlineData("OK", "Server: nginx/1.22.1", "\"OK\" (server: nginx/1.22.1)")]
    public async Task A_success_of_something_that_is_no_gateway(string body, string header, string says)
    {
        await using var gateway = new StubPushgateway(StubPushgateway.Status(200, body, header));
        await RunAsync(gateway.Url, 76, $"this is not a Pushgateway: it responded {says}");
        Assert.Single(gateway.Requests);
    }

    [Fact]
    public async Task A_redirect()
    {
        await using var gateway = new StubPushgateway(StubPushgateway.Status(301, "", "Location: https://elsewhere.example/metrics"));
        await RunAsync(gateway.Url, 76, "https://elsewhere.example");
    }

    [Fact]
    public async Task A_gateway_that_resets_connections()
    {
        await using var gateway = new StubPushgateway(StubPushgateway.Reset());
        await RunAsync(gateway.Url, 75, "could not be reached");
    }

    [Fact]
    public async Task A_gateway_that_does_not_check()
    {
        await using var gateway = await PushgatewayServer.StartAsync("--push.disable-consistency-check");
        await RunAsync(gateway.Url, 0, "accepted the push without checking it");
    }

    [Fact]
    public async Task Somebody_elses_type_of_a_legacy_name_costs_only_that_name()
    {
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        await using var gateway = await PushgatewayServer.StartAsync();
        await HistoryFunction.InstallAsync(server);
        await server.BaseBackupAsync("wal-g");
        using (var stranger = new System.Net.Http.HttpClient())
        {
            using var counter = new System.Net.Http.StringContent("# TYPE walg_last_upload counter\nwalg_last_upload 5\n");
            (await stranger.PutAsync(new Uri(gateway.Url + "/metrics/job/stranger"), counter)).EnsureSuccessStatusCode();
        }

        const string Warning = "warning: the gateway refused pghoard_last_upload_age or walg_last_upload";
        await RunAsync(gateway.Url, 0, Warning, server);
        Assert.Contains("postgres_backup_probe_success{", await gateway.MetricsAsync(), StringComparison.Ordinal);

        // Pushgateway 1.11.0 ends the connection where it refuses: five attempts, and what it lists of the group.
        await using var relay = new Relay(gateway.Port, [.. Enumerable.Repeat(Relay.LoseAnswer, 5), Relay.Forward]);
        await RunAsync(relay.Url, 0, Warning, server);
    }

    [Fact]
    public async Task A_refusal_that_is_lost_with_the_connection_is_one_all_the_same()
    {
        await using var gateway = await PushgatewayServer.StartAsync();
        using (var stranger = new System.Net.Http.HttpClient())
        {
            using var counter = new System.Net.Http.StringContent(
                "# TYPE backup_metrics_run_success counter\nbackup_metrics_run_success 5\n"
            );
            (await stranger.PutAsync(new Uri(gateway.Url + "/metrics/job/stranger"), counter)).EnsureSuccessStatusCode();
        }

        var lost = Enumerable.Repeat(Relay.LoseAnswer, 5);
        await using var relay = new Relay(gateway.Port, [.. lost, Relay.Forward, .. lost, Relay.Forward]);
        await RunAsync(relay.Url, 76, "refused the push: it ended the connection without an answer, and lists the push as a failed one");
    }

    async Task RunAsync(string gateway, int code, string words, PostgresServer? server = null)
    {
        var result = await BackupMetrics.RunAsync(
            "run",
            "--connection",
            (server ?? shared.Server).ConnectionUri(),
            "--instance",
            "db",
            "--gateway",
            gateway,
            "--deadline",
            "6s"
        );

        Assert.True(code == result.ExitCode, $"{result.ExitCode}: {result.Error}");
        Assert.Empty(result.Output);
        Assert.Single(result.Error.Split('\n'), line => line.Contains(words, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        Assert.InRange(result.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(15));
    }
}
