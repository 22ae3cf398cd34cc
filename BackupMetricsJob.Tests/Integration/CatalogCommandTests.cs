using System.Globalization;
using System.Runtime.InteropServices;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>import, as cron and hooks type it: what it says and which code it ends with.</summary>
public sealed class CatalogCommandTests : IAsyncLifetime
{
    CatalogDatabase _catalogue = null!;

    public async Task InitializeAsync() => _catalogue = await CatalogDatabase.CreateAsync();

    public async Task DisposeAsync() => await _catalogue.DisposeAsync();

    [Fact]
    public async Task Standard_input_is_read_where_no_file_is_named()
    {
        var list = List(
            ("base_000000010000000000000002", "2026-11-20T03:00:00Z"),
            ("base_000000010000000000000004_D_000000010000000000000002", "2026-11-21T03:00:00.5Z")
        );

        foreach (
            var (arguments, said) in new[]
            {
                ("", "2 new, 0 changed, 0 gone, 0 unchanged"),
                (" -", "0 new, 0 changed, 0 gone, 2 unchanged"),
            }
        )
        {
            var result = await ImportAsync("wal-g --server orders" + arguments, list);
            Assert.Equal((0, "", $"wal-g: {said} (1 server)\n"), (result.ExitCode, result.Output, result.Error));
        }

        Assert.Equal(
            ["orders base_000000010000000000000002 done", "orders base_000000010000000000000004_D_000000010000000000000002 done"],
            await _catalogue.RowsAsync()
        );
    }

    [Fact]
    public async Task A_file_is_read_and_the_connection_may_come_from_the_environment()
    {
        using var folder = new TempFolder();
        var file = folder.Write("list.json", List(("base_000000010000000000000002", "2026-11-20T03:00:00Z")));

        var result = await BackupMetrics.RunAsync(
            ["import", "wal-g", file, "--server", "orders"],
            new Dictionary<string, string> { ["BACKUP_METRICS_CONNECTION"] = _catalogue.Uri }
        );
        var other = folder.Write("other.json", List(("base_000000010000000000000007", "2026-11-20T04:00:00Z")));
        var libpq = await BackupMetrics.RunAsync(
            ["import", "wal-g", other, "--server", "billing"],
            new Dictionary<string, string>
            {
                ["PGHOST"] = PostgresServer.Host,
                ["PGPORT"] = _catalogue.Database.Port.ToString(CultureInfo.InvariantCulture),
                ["PGUSER"] = "postgres",
                ["PGDATABASE"] = _catalogue.Database.Name,
            }
        );

        Assert.Equal((0, "wal-g: 1 new, 0 changed, 0 gone, 0 unchanged (1 server)\n"), (result.ExitCode, result.Error));
        Assert.Equal((0, "wal-g: 1 new, 0 changed, 0 gone, 0 unchanged (1 server)\n"), (libpq.ExitCode, libpq.Error));
    }

    [Fact]
    public async Task An_empty_list_is_65_unless_it_is_allowed()
    {
        await ImportAsync("wal-g --server orders", List(("base_000000010000000000000002", "2026-11-20T03:00:00Z")));

        var refused = await ImportAsync("wal-g --server orders", "[]");
        var allowed = await ImportAsync("wal-g --server orders --allow-empty", "[]");

        Assert.Equal(
            (
                65,
                "backup-metrics: import: the list of \"orders\" is empty, but the catalogue has 1 backup of this server: "
                    + "nothing was written. "
                    + "If they are really gone, use --allow-empty\n"
                    + "backup-metrics: import: recorded as a failure of wal-g for \"orders\": show and the alerts report it until such an "
                    + "import succeeds\n"
            ),
            (refused.ExitCode, refused.Error)
        );
        Assert.Equal((0, "wal-g: 0 new, 0 changed, 1 gone, 0 unchanged (1 server)\n"), (allowed.ExitCode, allowed.Error));
    }

    [Fact]
    public async Task A_tool_that_reports_an_error_is_a_warning_and_a_row_of_backup_source()
    {
        var result = await ImportAsync(
            "pgbackrest",
            """[{"name":"orders","backup":[],"status":{"code":99,"message":"other","lock":{"backup":{"held":false}}},"repo":[],"db":[],"archive":[],"cipher":"none"}]"""
        );

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(
            "warning: pgbackrest could not list \"orders\". The catalogue has recorded this; the backups of the server are unchanged: "
                + "code 99: other\n"
                + "warning: \"orders\": the catalogue had no server of this name, and has one now that has no backup: that is critical "
                + "until it has one. If there is no such server, remove it: backup-metrics catalog forget --server orders\n"
                + "pgbackrest: 0 new, 0 changed, 0 gone, 0 unchanged (1 server)\n",
            result.Error
        );
        Assert.Equal(
            "code 99: other",
            await _catalogue.Database.ScalarAsync<string>("SELECT error FROM backup_metrics.backup_source WHERE succeeded_at IS NULL")
        );
    }

    [Fact]
    public async Task A_database_that_does_not_answer_is_69_and_no_password_is_told()
    {
        foreach (
            var (uri, words) in new[]
            {
                ($"postgresql://u:s3cret@127.0.0.1:{FreePort.Next()}/x", "refused while connecting"),
                (
                    _catalogue.Database.ConnectionUri("nobody here", password: "s3cret"),
                    "auth while connecting: role \"nobody here\" does not exist"
                ),
                (_catalogue.Uri + "_nowhere", "database while connecting"),
            }
        )
        {
            var result = await BackupMetrics.RunAsync(
                ["import", "wal-g", "--server", "orders", "--connection", uri],
                null,
                List(("base_1", "2026-11-20T03:00:00Z"))
            );
            Assert.Equal(69, result.ExitCode);
            Assert.Contains(words, result.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("s3cret", result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_is_skipped_or_dated_by_its_object_is_told_and_the_rest_imported()
    {
        var result = await ImportAsync(
            "wal-g --server orders",
            """
            [{"backup_name": "base_1", "time": "2026-11-20T03:00:00Z"}, {"backup_name": "base_2", "time": "2096-11-20T03:00:00Z"}]
            """
        );

        Assert.Equal(0, result.ExitCode);
        Assert.Matches(
            "^warning: skipped the backup base_2 of \"orders\": [$][[]1[]].time: the time 2096-11-20T03:00:00Z is in the future: .*\n"
                + "warning: the list of \"orders\" has no times at which backups finished, only those at which their objects were stored: "
                + "a copied backup looks new. Import `wal-g backup-list --detail --json`\n"
                + "wal-g: 1 new, 0 changed, 0 gone, 0 unchanged, 1 skipped [(]1 server[)]\n$",
            result.Error
        );
    }

    [Fact]
    public async Task A_record_without_a_name_may_be_any_backup_so_none_is_gone()
    {
        await ImportAsync("wal-g --server orders", List(("base_1", "2026-11-20T03:00:00Z"), ("base_2", "2026-11-20T04:00:00Z")));

        var unnamed = await ImportAsync(
            "wal-g --server orders",
            """[{"backup_name": "base_1", "time": "2026-11-20T03:00:00Z"}, {"backup_name": null, "time": "2026-11-20T04:00:00Z"}]"""
        );
        var whole = await ImportAsync("wal-g --server orders", List(("base_1", "2026-11-20T03:00:00Z")));

        Assert.Contains("wal-g: 0 new, 0 changed, 0 gone, 1 unchanged, 1 skipped", unnamed.Error, StringComparison.Ordinal);
        Assert.Contains("wal-g: 0 new, 0 changed, 1 gone, 1 unchanged", whole.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_never_speaks_ends_with_the_timeout()
    {
        await using var server = new SilentServer();

        var result = await CatalogDatabase.RecordAsync($"postgresql://u@127.0.0.1:{server.Port}/x?sslmode=disable", "--timeout", "500ms");

        Assert.Equal((69, "backup-metrics: record: not done within 0.5 s: stopped while connecting\n"), (result.ExitCode, result.Error));
    }

    [Theory]
    [InlineData("import wal-g --server orders", PosixSignal.SIGTERM, 143, "import: stopped while comparing the names of the backups")]
    [InlineData("import wal-g --server orders", PosixSignal.SIGINT, 130, "import: stopped while comparing the names of the backups")]
    [InlineData(
        "record --server orders --tool wal-g --type full --from-exit-code 0",
        PosixSignal.SIGTERM,
        143,
        "record: stopped while recording"
    )]
    [InlineData(
        "record --server orders --tool wal-g --type full --from-exit-code 0",
        PosixSignal.SIGINT,
        130,
        "record: stopped while recording"
    )]
    [InlineData("catalog init --grant-writer w", PosixSignal.SIGTERM, 143, "catalog init: stopped while counting the backups")]
    [InlineData("catalog prune --keep 1d", PosixSignal.SIGINT, 130, "catalog prune: stopped while pruning")]
    public async Task A_signal_ends_a_command_that_waits_and_leaves_nothing(string command, PosixSignal signal, int code, string message)
    {
        await using var other = await _catalogue.Database.OpenAsync();
        await using (var locking = new Npgsql.NpgsqlCommand("BEGIN; LOCK TABLE backup_metrics.backup_catalog", other))
            await locking.ExecuteNonQueryAsync();
        await using var waiting = BackupMetrics.Start(
            [.. command.Split(' '), "--connection", _catalogue.Uri],
            input: List(("base_1", "2026-11-20T03:00:00Z"))
        );
        await _catalogue.Database.WaitForAsync(
            "the command to wait",
            "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND "
                + "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        );

        waiting.Signal(signal);
        var result = await waiting.WaitAsync();

        Assert.Equal((code, $"backup-metrics: {message}\n"), (result.ExitCode, result.Error));
        await using (var unlocking = new Npgsql.NpgsqlCommand("COMMIT", other))
            await unlocking.ExecuteNonQueryAsync();
        Assert.Empty(await _catalogue.RowsAsync());
        Assert.Equal(0, await _catalogue.Database.ScalarAsync<long>("SELECT count(*) FROM backup_metrics.backup_source"));
    }

    [Theory]
    [InlineData("3s", 69, "backup-metrics: import: not done within 3 s: stopped while ")]
    [InlineData("10m", 143, "backup-metrics: import: stopped while ")]
    public async Task A_named_pipe_that_nobody_writes_to_holds_up_no_import(string timeout, int code, string message)
    {
        using var folder = new TempFolder();
        await ChildProcess.RunSuccessfullyAsync("/usr/bin/mkfifo", [folder.File("list")]);
        await using var import = BackupMetrics.Start([
            "import",
            "wal-g",
            folder.File("list"),
            "--server",
            "orders",
            "--timeout",
            timeout,
            "--connection",
            _catalogue.Uri,
        ]);
        if (code == 143)
        {
            await _catalogue.Database.WaitForAsync(
                "the import to read",
                "SELECT count(*) > 0 FROM pg_stat_activity WHERE query LIKE '%CREATE TEMPORARY TABLE listing%' AND pid <> "
                    + "pg_backend_pid() AND state = 'idle' AND datname = current_database()"
            );
            import.Signal(PosixSignal.SIGTERM);
        }

        var result = await import.WaitAsync();

        // It is reading, or about to: the server is idle a moment before.
        Assert.Equal(code, result.ExitCode);
        Assert.StartsWith(message, result.Error, StringComparison.Ordinal);
    }

    Task<ProcessResult> ImportAsync(string arguments, string input) =>
        BackupMetrics.RunAsync(["import", .. arguments.Split(' '), "--connection", _catalogue.Uri], null, input);

    static string List(params (string Name, string Time)[] backups) =>
        "["
        + string.Join(
            ",",
            backups.Select(backup =>
                $$"""{"backup_name": "{{backup.Name}}", "time": "{{backup.Time}}", "finish_time": "{{backup.Time}}", "wal_file_name": "000000010000000000000002", "storage_name": "default"}"""
            )
        )
        + "]";
}
