using System.Globalization;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>`run --import`: the list is in the catalogue, what the catalogue says is at the gateway, and what is wrong is told.</summary>
public sealed class RunImportTests : IAsyncLifetime
{
    const string Stanzas = """
        [{"name": "a", "backup": [{"label": "20261120-030000F", "type": "full", "timestamp": {"start": 1795150000, "stop": 1795150001}}],
        "status": {"code": 0, "message": "ok"}}, {"name": "b", "backup": [], "status": {"code": 0, "message": "ok"}}]
        """;

    PostgresServer _server = null!;
    PushgatewayServer _gateway = null!;

    public async Task InitializeAsync() =>
        (_server, _gateway) = (await PostgresServer.StartAsync(new() { Archiving = true }), await PushgatewayServer.StartAsync());

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task The_first_run_makes_the_catalogue_and_both_sources_speak_of_one_instance()
    {
        var list = await WalGAsync();

        var first = await RunAsync(list, "--import", "wal-g", "--instance", "orders");
        var again = await RunAsync(list, "--import", "wal-g", "--instance", "orders", "--quiet");

        Assert.Equal((0, ""), (first.ExitCode, first.Output));
        Assert.Equal(
            $"created the catalogue (schema backup_metrics) in {_server.ConnectionUri()}, which it is lost with: --catalogue URI keeps it "
                + "on another server\nwal-g: 1 new, 0 changed, 0 gone, 0 unchanged (1 server)",
            string.Join('\n', first.Error.Split('\n')[..2])
        );
        Assert.Equal((0, "", ""), (again.ExitCode, again.Output, again.Error));
        Assert.Equal(["orders"], await ServersAsync());
        Assert.Equal(
            ["{instance=\"orders\",source=\"catalog\"} 1", "{instance=\"orders\",source=\"server\"} 1"],
            await SamplesAsync("postgres_backup_source_success")
        );
        Assert.Equal(
            "{instance=\"orders\",source=\"catalog\",tool=\"wal-g\",type=\"full\"}",
            (await SamplesAsync("postgres_backup_last_success_timestamp_seconds"))
                .Single(sample => sample.Contains("catalog", StringComparison.Ordinal))
                .Split(' ')[0]
        );
    }

    [Fact]
    public async Task Variables_are_as_good_as_flags()
    {
        var environment = new Dictionary<string, string>
        {
            ["BACKUP_METRICS_CONNECTION"] = _server.ConnectionUri(),
            ["BACKUP_METRICS_GATEWAY"] = _gateway.Url,
            ["BACKUP_METRICS_IMPORT"] = "wal-g",
            ["BACKUP_METRICS_QUIET"] = "true",
        };

        var result = await BackupMetrics.RunAsync(["run"], environment, await WalGAsync());

        // That the catalogue was made is said even then: it may be in the wrong database.
        Assert.StartsWith("created the catalogue", result.Error, StringComparison.Ordinal);
        Assert.Equal((0, ""), (result.ExitCode, result.Output));
        Assert.Single(
            await SamplesAsync("postgres_backup_last_success_timestamp_seconds"),
            sample => sample.Contains("wal-g", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_finding_breaks_the_silence()
    {
        var list = await WalGAsync();
        await RunAsync(list, "--import", "wal-g");

        var late = await RunAsync(list, "--import", "wal-g", "--quiet", "--max-age", "base=1ms");

        Assert.Equal(0, late.ExitCode);
        Assert.Contains("wal-g: 0 new, 0 changed, 0 gone, 1 unchanged (1 server)\n", late.Error, StringComparison.Ordinal);
        Assert.Contains("CRITICAL ", late.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_warning_of_the_import_breaks_the_silence()
    {
        var list = await WalGAsync();
        await RunAsync(list, "--import", "wal-g");
        var skipped = list.Trim()[..^1] + ", {\"backup_name\": \"base_000000010000000000000009\", \"time\": 7}]";

        var result = await RunAsync(skipped, "--import", "wal-g", "--quiet");
        var import = await ImportAsync(skipped, "--quiet");
        var silent = await ImportAsync(list, "--quiet");

        Assert.StartsWith("warning: skipped the backup base_000000010000000000000009 ", result.Error, StringComparison.Ordinal);
        Assert.Contains("wal-g: 0 new, 0 changed, 0 gone, 1 unchanged, 1 skipped (1 server)\n", import.Error, StringComparison.Ordinal);
        Assert.Equal((0, ""), (silent.ExitCode, silent.Error));

        Task<ProcessResult> ImportAsync(string input, string flag) =>
            BackupMetrics.RunAsync(
                ["import", "wal-g", flag, "--connection", _server.ConnectionUri(), "--server", InstanceName],
                null,
                input
            );
    }

    [Fact]
    public async Task A_list_that_is_refused_is_65_and_the_run_is_pushed_all_the_same()
    {
        var refused = await RunAsync("", "--import", "wal-g", "--instance", "orders", "--fail-on", "never");

        Assert.Equal(65, refused.ExitCode);
        Assert.StartsWith("created the catalogue", refused.Error, StringComparison.Ordinal);
        Assert.Contains("\nFAILED import of wal-g: the input is empty", refused.Error, StringComparison.Ordinal);
        Assert.Contains("\n  recorded as a refused import of wal-g on host ", refused.Error, StringComparison.Ordinal);
        Assert.Equal(["{instance=\"orders\"} 0"], await SamplesAsync("postgres_backup_probe_success"));
        Assert.Contains("{instance=\"orders\",source=\"server\"} 1", await SamplesAsync("postgres_backup_source_success"));
    }

    [Fact]
    public async Task A_push_that_did_not_arrive_is_the_worse_failure()
    {
        var result = await BackupMetrics.RunAsync(
            ["run", "--import", "wal-g", "--connection", _server.ConnectionUri(), "--gateway", "http://127.0.0.1:1", "--deadline", "2s"],
            null,
            ""
        );

        Assert.Equal(75, result.ExitCode);
        Assert.Contains("FAILED import of wal-g", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("any", 69)]
    [InlineData("never", 0)]
    public async Task A_catalogue_that_does_not_answer_is_69_as_a_target_is(string failOn, int code)
    {
        var list = await WalGAsync();

        var result = await RunAsync(
            list,
            "--import",
            "wal-g",
            "--instance",
            "orders",
            "--catalogue",
            $"postgresql://x@127.0.0.1:{FreePort.Next()}/m",
            "--fail-on",
            failOn
        );

        Assert.Equal(code, result.ExitCode);
        Assert.Contains("FAILED import of wal-g: postgresql://x@127.0.0.1:", result.Error, StringComparison.Ordinal);
        Assert.Equal(["{instance=\"orders\"} 1", "{instance=\"orders/catalogue\"} 0"], await SamplesAsync("postgres_backup_probe_success"));
    }

    [Fact]
    public async Task A_role_that_may_not_create_or_write_the_catalogue_gets_the_command_of_its_owner()
    {
        await _server.ExecuteAsync("CREATE ROLE \"o'w\" LOGIN; CREATE ROLE w LOGIN IN ROLE pg_monitor");
        await _server.ExecuteAsync("CREATE DATABASE metrics OWNER \"o'w\"");
        var list = await WalGAsync();
        var uri = _server.ConnectionUri("w", "metrics");

        var missing = await RunAsync(list, "--connection", uri, "--import", "wal-g");
        await TypeAsync(missing);
        await _server.ExecuteAsync("REVOKE ALL ON SCHEMA backup_metrics FROM w", "metrics");
        var unwritable = await RunAsync(list, "--connection", uri, "--import", "wal-g");
        await TypeAsync(unwritable);
        var done = await RunAsync(list, "--connection", uri, "--import", "wal-g");

        Assert.Equal([69, 69, 0], new[] { missing, unwritable, done }.Select(result => result.ExitCode));
        Assert.Contains(
            "there is no catalogue in the database \"metrics\", and the role \"w\" may not create one. Its owner types: ",
            missing.Error,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "the role \"w\" may not write the catalogue in the database \"metrics\". Its owner types: ",
            unwritable.Error,
            StringComparison.Ordinal
        );

        static async Task TypeAsync(ProcessResult refused)
        {
            var command = refused.Error.Split("Its owner types: backup-metrics ")[1].Split('\n')[0];
            var result = await ChildProcess.RunAsync("/bin/sh", ["-c", $"'{BackupMetrics.Executable}' {command}"]);
            Assert.True(result.ExitCode == 0, result.Error);
        }
    }

    [Fact]
    public async Task A_standby_cannot_be_imported_into()
    {
        await using var standby = await _server.CreateStandbyAsync();

        var result = await BackupMetrics.RunAsync(
            ["run", "--import", "wal-g", "--connection", standby.ConnectionUri(), "--gateway", _gateway.Url],
            null,
            await WalGAsync()
        );

        Assert.Equal(69, result.ExitCode);
        Assert.Contains("is a standby, which cannot be written", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_servers_are_published_from_a_catalogue_by_their_own_names()
    {
        var all = await RunAsync(Stanzas, "--import", "pgbackrest", "--source", "catalog");
        Assert.Equal(0, all.ExitCode);
        Assert.Equal(["a", "b"], await ServersAsync());
        Assert.Contains(
            await SamplesAsync("postgres_backup_source_success"),
            sample => sample.StartsWith("{instance=\"b\"", StringComparison.Ordinal)
        );

        var one = await RunAsync(Stanzas, "--import", "pgbackrest", "--instance", "a");
        var none = await RunAsync(Stanzas, "--import", "pgbackrest", "--instance", "c");

        Assert.Equal(0, one.ExitCode);
        Assert.Contains("group {job=\"backup_metrics\", run=\"a\"}\n", one.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("servers found", one.Error, StringComparison.Ordinal);
        Assert.Equal(65, none.ExitCode);
        Assert.Contains(
            "FAILED import of pgbackrest: pgbackrest lists a, b, but not c: name with --instance the server that this run is about",
            none.Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Several_lists_at_once_and_a_refused_one_keeps_no_other_out()
    {
        using var folder = new TempFolder();
        var file = folder.Write("wal-g.json", await WalGAsync());

        var result = await RunAsync("<html>", "--import", "pgbackrest", "--import", "wal-g=" + file, "--instance", "orders");

        Assert.Equal(65, result.ExitCode);
        Assert.Contains("FAILED import of pgbackrest: ", result.Error, StringComparison.Ordinal);
        Assert.Contains("wal-g: 1 new, ", result.Error, StringComparison.Ordinal);
        Assert.Single(
            await SamplesAsync("postgres_backup_last_success_timestamp_seconds"),
            sample => sample.Contains("tool=\"wal-g\",type=\"full\"", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_report_in_json_has_an_object_for_the_import()
    {
        var result = await RunAsync("", "--import", "wal-g", "--log-format", "json");

        var lines = result.Error.TrimEnd().Split('\n').Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement).ToList();
        var imports = lines.Where(line => line.GetProperty("event").GetString() == "import").ToList();
        Assert.Equal(["info", "error", "info"], imports.Select(line => line.GetProperty("level").GetString()));
        Assert.StartsWith("the input is empty", imports[1].GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(65, lines[^1].GetProperty("exit_code").GetInt32());
    }

    string InstanceName => string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}:{_server.Port}");

    Task<ProcessResult> RunAsync(string input, params string[] arguments)
    {
        string[] connection = arguments.Contains("--connection") ? [] : ["--connection", _server.ConnectionUri()];
        return BackupMetrics.RunAsync(["run", "--gateway", _gateway.Url, .. connection, .. arguments], null, input);
    }

    Task<IReadOnlyList<string>> ServersAsync() =>
        _server.QueryAsync<string>("SELECT DISTINCT server FROM backup_metrics.backup_source ORDER BY 1");

    /// <summary>The samples without their name and the labels of the group.</summary>
    async Task<IReadOnlyList<string>> SamplesAsync(string name) =>
        [
            .. (await _gateway.SamplesAsync(name))
                .Select(sample =>
                    System
                        .Text.RegularExpressions.Regex.Replace(
                            sample[sample.IndexOf('{', StringComparison.Ordinal)..],
                            ",?(job|run)=\"[^\"]*\"",
                            ""
                        )
                        .Replace("{,", "{", StringComparison.Ordinal)
                )
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>What wal-g prints of a base backup that was just taken.</summary>
    async Task<string> WalGAsync()
    {
        await _server.BaseBackupAsync();
        await _server.WaitForAsync("the backup to be archived", "SELECT last_archived_wal LIKE '%.backup' FROM pg_stat_archiver");
        return await ToolHost.ListAsync("wal-g", _server);
    }
}
