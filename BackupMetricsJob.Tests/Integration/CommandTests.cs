using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>The built command as a user types it.</summary>
public sealed class CommandTests
{
    [Fact]
    public async Task Show_tells_a_person_what_there_is()
    {
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        await HistoryFunction.InstallAsync(server);
        await server.BaseBackupAsync();
        await server.WaitForArchivedAsync(await server.SwitchWalAsync());

        var result = await BackupMetrics.RunAsync("show", "--connection", server.ConnectionUri(), "--instance", "orders");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Matches("^orders  PostgreSQL 1[5-9]\\.[0-9]+, primary, probed 20", result.Output);
        Assert.Matches("  base backup +[0-9]+ s old \\(limit 26 h\\), pg_basebackup, finished 20.*, took [0-9]+ s\n", result.Output);
        Assert.Matches("  WAL archiving +ok, last success [0-9]+ s ago, nothing waiting\n", result.Output);
        Assert.Matches("  lost if it died now +[0-9]+ s of work at most, if the archive has all WAL since that backup\n", result.Output);
        Assert.Matches("  a restore replays +[0-9.]+ MB of WAL\n", result.Output);
        Assert.EndsWith(
            "  no problem is known, according to server; only a restore can prove it\n",
            result.Output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_second_run_gives_the_same_series_in_the_same_group()
    {
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        await using var gateway = await PushgatewayServer.StartAsync();
        await server.BaseBackupAsync();
        // Until the server says that the backup's WAL is archived, there is no recovery point.
        await server.WaitForArchivedAsync(await server.SwitchWalAsync());
        string[] run = ["run", "--connection", server.ConnectionUri(), "--gateway", gateway.Url, "--label", "team=a b", "--interval", "5m"];

        Assert.Equal(0, (await BackupMetrics.RunAsync(run)).ExitCode);
        var first = Series(await gateway.MetricsAsync());
        Assert.Equal(0, (await BackupMetrics.RunAsync(run)).ExitCode);

        Assert.Equal(first, Series(await gateway.MetricsAsync()));
        Assert.Single(await gateway.GroupsAsync());
        Assert.Contains("backup_metrics_interval_seconds", string.Join('\n', first), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_prints_what_would_be_pushed_and_promtool_accepts_it()
    {
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });

        var result = await BackupMetrics.RunAsync("run", "--dry-run", "--connection", server.ConnectionUri());

        Assert.Equal(0, result.ExitCode);
        var (code, complaints) = await Promtool.CheckMetricsAsync(result.Output);
        Assert.True(code == 0, string.Join('\n', complaints));
    }

    [Fact]
    public async Task A_dry_run_can_be_asked_for_by_its_variable()
    {
        await using var gateway = new StubPushgateway(StubPushgateway.Status(200));

        var result = await BackupMetrics.RunAsync(
            ["run", "--connection", $"postgresql://u@127.0.0.1:{FreePort.Next()}/x", "--gateway", gateway.Url],
            new Dictionary<string, string> { ["BACKUP_METRICS_DRY_RUN"] = "true" }
        );

        Assert.Equal(69, result.ExitCode);
        Assert.Contains("postgres_backup_probe_success{", result.Output, StringComparison.Ordinal);
        Assert.Empty(gateway.Requests);
    }

    [Fact]
    public async Task A_password_file_that_others_may_read_is_warned_of()
    {
        using var folder = new TempFolder();
        var file = folder.Write("pgpass", "*:*:*:*:secret\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.OtherRead);

        var result = await BackupMetrics.RunAsync(
            ["show", "--connection", $"postgresql://u@127.0.0.1:{FreePort.Next()}/x"],
            new Dictionary<string, string> { ["PGPASSFILE"] = file }
        );

        Assert.Contains(
            file,
            Assert.Single(result.Error.Split('\n'), line => line.StartsWith("warning ", StringComparison.Ordinal)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task What_is_published_reaches_prometheus_with_its_labels()
    {
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        await using var gateway = await PushgatewayServer.StartAsync();
        await server.BaseBackupAsync();
        await BackupMetrics.RunAsync(
            "run",
            "--connection",
            server.ConnectionUri(),
            "--instance",
            "orders",
            "--gateway",
            gateway.Url,
            "--label",
            "team=payments"
        );
        await using var prometheus = await PrometheusServer.StartAsync(
            $"""
            scrape_configs:
            - job_name: pushgateway
              scrape_interval: 1s
              honor_labels: true
              static_configs: [{"{"}targets: ['{new Uri(gateway.Url).Authority}']{"}"}]
            """
        );

        var sample = Assert.Single(
            await prometheus.WaitForAsync(
                "time() - postgres_backup_last_success_timestamp_seconds{instance='orders',team='payments',job='backup_metrics'}"
            )
        );

        Assert.InRange(sample.Value, 0, 120);
    }

    [Fact]
    public async Task Json_lines_are_json()
    {
        var result = await BackupMetrics.RunAsync(
            "run",
            "--connection",
            $"postgresql://u@127.0.0.1:{FreePort.Next()}/x",
            "--gateway",
            $"http://127.0.0.1:{FreePort.Next()}",
            "--deadline",
            "4s",
            "--log-format",
            "json"
        );

        Assert.Equal(75, result.ExitCode);
        var events = result
            .Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement)
            .ToList();
        Assert.Equal(["target", "finding", "push", "run"], events.Select(line => line.GetProperty("event").GetString()));
        Assert.Equal("refused", events[0].GetProperty("reason").GetString());
        Assert.Equal(75, events[3].GetProperty("exit_code").GetInt32());
    }

    [Theory]
    [InlineData("ran")]
    [InlineData("run --nonsense")]
    [InlineData("run --gateway http://x --timeout 5")]
    [InlineData("run --gateway ftp://x")]
    [InlineData("run --dry-run=perhaps")]
    [InlineData("run --connection")]
    [InlineData("show --gateway http://x")]
    [InlineData("@file")]
    public async Task A_wrong_command_line_is_64_and_leaves_standard_output_alone(string arguments)
    {
        var result = await BackupMetrics.RunAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(64, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.StartsWith("backup-metrics: ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_variable_is_78_and_named()
    {
        var result = await BackupMetrics.RunAsync(
            ["run"],
            new Dictionary<string, string>
            {
                ["PGHOST"] = "h",
                ["PGUSER"] = "u",
                ["PGSSLMODE"] = "perhaps",
                ["BACKUP_METRICS_GATEWAY"] = "http://gw",
                ["BACKUP_METRICS_DEADLINE"] = "1 hour",
            }
        );

        Assert.Equal(78, result.ExitCode);
        Assert.Contains("PGSSLMODE", result.Error, StringComparison.Ordinal);
        Assert.Contains("BACKUP_METRICS_DEADLINE \"1 hour\"", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("run --help")]
    [InlineData("show --help")]
    [InlineData("check --help")]
    public async Task Help_is_asked_for_and_so_on_standard_output(string arguments)
    {
        var result = await BackupMetrics.RunAsync(arguments.Split(' '));

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Snapshot.Matches(
            "help" + arguments.Replace(" ", "-", StringComparison.Ordinal).Replace("---", "-", StringComparison.Ordinal) + ".txt",
            result.Output
        );
    }

    static List<string> Series(string metrics) =>
        [
            .. metrics
                .Split('\n')
                .Where(line => line.Contains("job=\"backup_metrics\"", StringComparison.Ordinal))
                .Select(line => line[..line.LastIndexOf(' ')]),
        ];
}
