using System.Text.Json;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>backup-metrics check, as it is typed, against real servers that are well and such as are not.</summary>
public sealed class CheckTests(SharedArchivingPostgres shared) : IClassFixture<SharedArchivingPostgres>, IAsyncLifetime
{
    readonly PostgresServer _server = shared.Server;
    PushgatewayServer _gateway = null!;

    public async Task InitializeAsync() => _gateway = await PushgatewayServer.StartAsync();

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task What_is_well_is_a_line_each_and_what_could_be_better_a_warning()
    {
        var result = await CheckAsync();

        Assert.Equal(0, result.ExitCode);
        Assert.Equal("", result.Error);
        var lines = result.Output.Split('\n');
        Assert.Matches("^TARGET +STATE +SERVER +ROLE +TLS +CLOCK +SUMMARY$", lines[0]);
        Assert.Matches(
            $"^orders +ok +{PostgresBinaries.Distribution.Version}\\.[0-9]+ primary +\\S+ +none +0 s +no base backup is known",
            lines[1]
        );
        Assert.Contains($"gateway {_gateway.Url}  ok: Pushgateway 1.", result.Output, StringComparison.Ordinal);
        Assert.Contains("group {job=\"backup_metrics\", run=\"orders\"} has not been pushed yet", result.Output, StringComparison.Ordinal);
        Assert.Contains("warning orders: archive_timeout is 0", result.Output, StringComparison.Ordinal);
        Assert.Contains("warning settings: interval is not set", result.Output, StringComparison.Ordinal);
        Assert.Empty(await _gateway.GroupsAsync());
    }

    [Fact]
    public async Task After_a_push_it_says_how_long_ago_that_was_and_which_groups_were_forgotten()
    {
        Assert.Equal(
            0,
            (
                await BackupMetrics.RunAsync(
                    ["run", "--connection", _server.ConnectionUri(), "--instance", "orders", "--gateway", _gateway.Url],
                    null
                )
            ).ExitCode
        );

        var result = await CheckAsync("--interval", "5m");

        Assert.Matches("group .* was last pushed [0-9]+ s ago", result.Output);
        Assert.DoesNotContain("interval is not set", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("no longer pushed", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_without_rights_is_told_the_grant()
    {
        await _server.ExecuteAsync("CREATE ROLE plain LOGIN");

        var result = await BackupMetrics.RunAsync("check", "--connection", _server.ConnectionUri("plain"), "--instance", "orders");

        Assert.Equal(69, result.ExitCode);
        Assert.Matches($"\norders +privilege +{PostgresBinaries.Distribution.Version}[.]", "\n" + result.Output);
        Assert.Contains("\n  advice: GRANT pg_monitor TO plain;\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_is_down_is_69_and_the_rest_is_told_all_the_same()
    {
        var result = await BackupMetrics.RunAsync(
            "check",
            "--connection",
            $"postgresql://u@127.0.0.1:{FreePort.Next()}/db",
            "--instance",
            "down",
            "--gateway",
            _gateway.Url,
            "--output",
            "json"
        );

        Assert.Equal(69, result.ExitCode);
        using var json = JsonDocument.Parse(result.Output);
        var target = json.RootElement.GetProperty("targets")[0];
        Assert.Equal(
            ("down", false, "refused"),
            (target.GetProperty("target").GetString(), target.GetProperty("success").GetBoolean(), target.GetProperty("reason").GetString())
        );
        Assert.Equal("ok", json.RootElement.GetProperty("gateways")[0].GetProperty("state").GetString());
        Assert.Equal(69, json.RootElement.GetProperty("exit_code").GetInt32());
    }

    [Fact]
    public async Task A_gateway_that_is_not_there_is_75()
    {
        var result = await BackupMetrics.RunAsync(
            "check",
            "--connection",
            _server.ConnectionUri(),
            "--instance",
            "orders",
            "--gateway",
            $"http://127.0.0.1:{FreePort.Next()}"
        );

        Assert.Equal(75, result.ExitCode);
        Assert.Contains("  unreachable\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("could not be reached: Connection refused", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_gateway_the_databases_are_checked_alone()
    {
        var result = await BackupMetrics.RunAsync("check", "--connection", _server.ConnectionUri(), "--instance", "orders");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("warning settings: no gateway is set", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, 0, "with honor_labels (scrape job pushgateway)")]
    [InlineData(false, 78, "exported_job=\"backup_metrics\": a gateway is scraped without honor_labels")]
    public async Task How_Prometheus_scrapes_is_seen_by_what_was_pushed(bool honors, int code, string says)
    {
        Assert.Equal(
            0,
            (
                await BackupMetrics.RunAsync(
                    ["run", "--connection", _server.ConnectionUri(), "--instance", "orders", "--gateway", _gateway.Url],
                    null
                )
            ).ExitCode
        );
        await using var prometheus = await StartPrometheusAsync(honors);
        await prometheus.WaitForAsync("push_time_seconds");

        var result = await CheckAsync("--prometheus", prometheus.Address.ToString());

        Assert.Equal(code, result.ExitCode);
        Assert.Contains(says, result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, 0, "with honor_labels (scrape job pushgateway)")]
    [InlineData(false, 78, " without honor_labels")]
    public async Task Before_the_first_push_it_is_seen_by_the_configuration(bool honors, int code, string says)
    {
        await using var prometheus = await StartPrometheusAsync(honors);
        await prometheus.WaitForAsync("pushgateway_build_info");

        var result = await CheckAsync("--prometheus", prometheus.Address.ToString());

        Assert.Equal(code, result.ExitCode);
        Assert.Contains(says, result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_gateway_that_is_scraped_well_says_nothing_of_another()
    {
        Assert.Equal(
            0,
            (
                await BackupMetrics.RunAsync(
                    ["run", "--connection", _server.ConnectionUri(), "--instance", "orders", "--gateway", _gateway.Url],
                    null
                )
            ).ExitCode
        );
        await using var prometheus = await StartPrometheusAsync(honors: true);
        await prometheus.WaitForAsync("push_time_seconds");
        await using var other = await PushgatewayServer.StartAsync();

        var result = await CheckAsync("--gateway", other.Url, "--prometheus", prometheus.Address.ToString());

        Assert.Contains(
            $"it scrapes nothing at {other.Url["http://".Length..]}: either it does not scrape {other.Url}, or it uses",
            result.Output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_Prometheus_that_scrapes_no_gateway_is_78()
    {
        await using var prometheus = await PrometheusServer.StartAsync("scrape_configs: []\n");

        var result = await CheckAsync("--prometheus", prometheus.Address.ToString());

        Assert.Equal(78, result.ExitCode);
        Assert.Contains("it scrapes no Pushgateway", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--prometheus", "prom:9090", "--prometheus: must be a URL like http://prometheus:9090, without user, password or query")]
    [InlineData(
        "--prometheus",
        "http://u:s3cret@prom",
        "--prometheus: must be a URL like http://prometheus:9090, without user, password or query"
    )]
    [InlineData("--output", "yaml", "--output \"yaml\": must be text or json")]
    public async Task A_wrong_flag_is_64(string flag, string value, string says)
    {
        var result = await CheckAsync(flag, value);

        Assert.Equal((64, "", $"backup-metrics: {says}\n"), (result.ExitCode, result.Output, result.Error));
    }

    Task<ProcessResult> CheckAsync(params string[] more) =>
        BackupMetrics.RunAsync(
            ["check", "--connection", _server.ConnectionUri(), "--instance", "orders", "--gateway", _gateway.Url, .. more],
            null
        );

    Task<PrometheusServer> StartPrometheusAsync(bool honors) =>
        PrometheusServer.StartAsync(
            $"""
            global:
              scrape_interval: 1s
            scrape_configs:
            - job_name: pushgateway
              honor_labels: {(honors ? "true" : "false")}
              static_configs:
              - targets: ['{_gateway.Url["http://".Length..]}']

            """
        );
}
