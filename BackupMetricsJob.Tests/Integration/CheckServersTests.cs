using System.Text.RegularExpressions;
using BackupMetricsJob.Checking;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Tests.Pushgateway;
using BackupMetricsJob.Tests.Running;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>What check says of the servers beside the databases: the wrong ones, those that hang, and the heartbeat.</summary>
public sealed class CheckServersTests(SharedPostgres shared) : IClassFixture<SharedPostgres>
{
    const string Secret = "0a1b2c3d-secret";

    [Fact]
    public async Task A_heartbeat_is_connected_to_and_not_called()
    {
        await using var service = new StubPushgateway(StubPushgateway.Status(200, "OK"));

        var result = await CheckAsync("--heartbeat", $"{service.Url}/{Secret}", "--fail-on", "never");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains(
            $"\nheartbeat {service.Url}  ok: accepts connections, not called: a call would count as a run\n",
            result.Output,
            StringComparison.Ordinal
        );
        Assert.Empty(service.Requests);
        Assert.Equal(1, service.Connections);
        Assert.DoesNotContain(Secret, result.Output + result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:{0}/" + Secret, "Connection refused")]
    [InlineData("http://nowhere.invalid/" + Secret, "nowhere.invalid")]
    [InlineData("https://{1}/" + Secret, "the server does not speak TLS on this port: should the URL begin with http://?")]
    public async Task A_heartbeat_that_cannot_be_reached_is_69(string address, string says)
    {
        await using var gateway = await PushgatewayServer.StartAsync();
        using var folder = new TempFolder();
        var file = folder.Write("url", string.Format(null, address, FreePort.Next(), new Uri(gateway.Url).Authority), secret: true);

        var result = await BackupMetrics.RunAsync(
            "check",
            "--connection",
            shared.Server.ConnectionUri(),
            "--instance",
            "orders",
            "--heartbeat-file",
            file
        );

        Assert.Equal(69, result.ExitCode);
        Assert.Contains("it could not be reached: ", result.Output, StringComparison.Ordinal);
        Assert.Contains(says, result.Output, StringComparison.Ordinal);
        Assert.EndsWith("\nexit code 69: the heartbeat could not be reached\n", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, result.Output + result.Error, StringComparison.Ordinal);
    }

    /// <summary>Each of them alone would take ten seconds.</summary>
    [Fact]
    public async Task It_takes_no_longer_than_the_deadline()
    {
        await using var silent = new SilentServer();
        var url = $"http://127.0.0.1:{silent.Port}";

        var result = await BackupMetrics.RunAsync(
            "check",
            "--connection",
            $"postgresql://u@127.0.0.1:{silent.Port}/x",
            "--instance",
            "silent",
            "--gateway",
            url,
            "--prometheus",
            url,
            "--deadline",
            "3s"
        );

        Assert.Equal(75, result.ExitCode);
        Assert.Contains($"gateway {url}  unreachable\n", result.Output, StringComparison.Ordinal);
        Assert.Contains($"Prometheus {url}  unreachable\n", result.Output, StringComparison.Ordinal);
        const string InTime = "did not answer in time: no complete answer within [0-3](\\.[0-9]+)? s";
        Assert.Equal(2, Regex.Count(result.Output, $"{Regex.Escape(url)} {InTime}"));
        Assert.InRange(result.Elapsed.TotalSeconds, 2.5, 45);
    }

    [Fact]
    public async Task Two_URLs_that_were_mixed_up_are_told_apart()
    {
        await using var gateway = await PushgatewayServer.StartAsync();
        await using var prometheus = await PrometheusServer.StartAsync("scrape_configs: []\n");
        var address = prometheus.Address.ToString().TrimEnd('/');

        var result = await CheckAsync("--gateway", address, "--prometheus", gateway.Url);

        Assert.Equal(76, result.ExitCode);
        Assert.Contains($"\nCRITICAL {address}: this is a Prometheus (2.", result.Output, StringComparison.Ordinal);
        Assert.Contains($"\nCRITICAL {gateway.Url}: this is a Pushgateway (1.", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_server_is_named_by_what_it_says_and_is_not_said_to_be_silent()
    {
        await using var page = new StubPushgateway(
            StubPushgateway.Status(404, "<title>404 Not Found</title>", "Content-Type: text/html", "Server: nginx/1.22.1")
        );
        await using var gateway = await PushgatewayServer.StartAsync();

        var asGateway = await CheckAsync("--gateway", page.Url);
        var asPrometheus = await CheckAsync("--gateway", gateway.Url, "--prometheus", page.Url, "--fail-on", "any");

        Assert.Equal((76, 69), (asGateway.ExitCode, asPrometheus.ExitCode));
        foreach (var output in new[] { asGateway.Output, asPrometheus.Output })
        {
            Assert.Contains(
                "refused (HTTP 404): it responded with a web page, \"404 Not Found\" (server: nginx/1.22.1)",
                output,
                StringComparison.Ordinal
            );
            Assert.Contains("  advice: Another server answers at this URL, or its path lacks a prefix", output, StringComparison.Ordinal);
            Assert.DoesNotContain("did not answer", output, StringComparison.Ordinal);
        }
    }

    /// <summary>The gateway's own series are there, and those that were pushed are not.</summary>
    [Fact]
    public async Task A_Prometheus_that_drops_what_was_pushed_is_78()
    {
        await using var gateway = await PushgatewayServer.StartAsync();
        await BackupMetrics.RunAsync(["run", .. Gone, "--gateway", gateway.Url], null);
        await using var prometheus = await ScrapingAsync(
            gateway,
            "  metric_relabel_configs: [{source_labels: [__name__], regex: 'backup_metrics.*|postgres.*', action: drop}]\n"
        );
        await prometheus.WaitForAsync("push_time_seconds");

        var result = await CheckAsync("--gateway", gateway.Url, "--prometheus", prometheus.Address.ToString());

        Assert.Equal(78, result.ExitCode);
        Assert.Contains(
            "it has push_time_seconds of job backup_metrics, and none of the series that the job pushed",
            result.Output,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(5, true)]
    [InlineData(1, false)]
    public async Task A_Prometheus_that_never_had_what_was_pushed_long_ago_scrapes_another_gateway(int minutes, bool isWrong)
    {
        await using var other = await PushgatewayServer.StartAsync();
        await using var prometheus = await ScrapingAsync(other, "");
        await prometheus.WaitForAsync("pushgateway_build_info");
        var gateway = Gateways.At("http://127.0.0.1:9091");
        var pushed = new GatewayCheck(gateway, ServerStatus.Ok, [], []) { PushedAgo = TimeSpan.FromMinutes(minutes) };

        var result = await PrometheusChecks.RunAsync(
            prometheus.Address,
            Jobs.Of() with
            {
                Gateways = [gateway],
            },
            Task.FromResult<GatewayCheck[]>([pushed]),
            TimeProvider.System,
            CancellationToken.None
        );

        Assert.Equal(isWrong ? ServerStatus.Misconfigured : ServerStatus.Ok, result.Status);
        Assert.Equal(
            isWrong,
            result.Findings.Any(finding =>
                finding
                    is {
                        IsCritical: true,
                        Summary: "it has no series of job backup_metrics, which were pushed to http://127.0.0.1:9091 5 min ago"
                    }
            )
        );
    }

    static string[] Gone => ["--connection", $"postgresql://u@127.0.0.1:{FreePort.Next()}/x", "--instance", "gone", "--interval", "5m"];

    static Task<ProcessResult> CheckAsync(params string[] more) => BackupMetrics.RunAsync(["check", .. Gone, .. more], environment: null);

    static Task<PrometheusServer> ScrapingAsync(PushgatewayServer gateway, string more) =>
        PrometheusServer.StartAsync(
            $"""
            global:
              scrape_interval: 1s
            scrape_configs:
            - job_name: pushgateway
              honor_labels: true
              static_configs:
              - targets: ['{new Uri(gateway.Url).Authority}']
            {more}
            """
        );
}
