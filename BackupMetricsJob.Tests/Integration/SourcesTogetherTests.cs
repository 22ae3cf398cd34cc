using BackupMetricsJob.Backups;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>Several sources over one connection, from the command line to a real gateway.</summary>
public sealed class SourcesTogetherTests
{
    const string Walg = """
        INSERT INTO backup_metrics.backup_catalog (server, tool, kind, backup_id, status, started_at, finished_at, start_lsn) VALUES
        ('orders', 'wal-g', 'full', '1', 'done', now() - interval '2 h', now() - interval '1 h', '0/1000'),
        ('stock', 'pghoard', 'full', '1', 'done', now() - interval '2 h', now() - interval '1 h', NULL),
        ('stock', 'pghoard', 'wal', '2', 'done', NULL, now() - interval '1 min', NULL)
        """;

    [Fact]
    public async Task A_source_that_fails_takes_nothing_of_the_others_with_it()
    {
        await using var catalogue = await CatalogDatabase.CreateAsync();
        await catalogue.Database.ExecuteAsync(
            Walg
                + "; CREATE FUNCTION get_backup_age_pgbackrest(OUT retcode int, OUT backup_age_seconds int, "
                + "OUT message text) LANGUAGE sql AS $f$ SELECT 0, 60, 'OK' $f$"
        );

        var result = await Probe.OfAsync(catalogue.Database, [.. SourceName.All], new(ServerPatterns.All, "SELECT 1/0 AS type"));

        Assert.Equal(["server", "catalog", "pgwatch"], result.SourcesThatAnswered);
        Assert.Equal(["pgmonitor", "query"], result.SourceFailures.Select(failure => failure.Source));
        Assert.StartsWith("source pgmonitor: ", result.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal("source query: division by zero (SQLSTATE 22012)", result.SourceFailures[1].Failure.Message);
        Assert.NotNull(result.Server!.Wal);
        Assert.Equal(["catalog orders", "catalog stock", "pgwatch it"], result.Found.Select(facts => $"{facts.Source} {facts.Name}"));
        await catalogue.Database.WaitForAsync(
            "the end of the session",
            "SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name LIKE 'backup%' AND datname = current_database()"
        );
    }

    [Fact]
    public async Task A_failed_statement_of_one_source_leaves_the_next_a_transaction_to_read_in()
    {
        await using var server = await PostgresServer.StartAsync();
        await server.ExecuteAsync(
            "CREATE SCHEMA monitor; CREATE TABLE monitor.pgbackrest_info (config_file text, data jsonb); "
                + "INSERT INTO monitor.pgbackrest_info VALUES ('a', '[{\"name\":\"a\",\"status\":{\"code\":\"x\"}}]')"
        );

        var result = await Probe.OfAsync(
            server,
            ["catalog", "pgmonitor", "query"],
            new(ServerPatterns.All, "SELECT 'full' AS type, 60 AS age_seconds, current_setting('transaction_read_only') AS backup_id")
        );

        Assert.Equal(["catalog", "pgmonitor"], result.SourceFailures.Select(failure => failure.Source));
        Assert.Equal(["query"], result.SourcesThatAnswered);
        Assert.Single(result.Found[^1].Backups);
    }

    [Fact]
    public async Task A_gateway_takes_all_of_it_once_and_prometheus_tools_have_nothing_to_say()
    {
        await using var catalogue = await CatalogDatabase.CreateAsync();
        await using var gateway = await PushgatewayServer.StartAsync();
        using var folder = new TempFolder();
        await catalogue.Database.ExecuteAsync(Walg);
        await catalogue.ImportAsync(CatalogDatabase.List("empty"), allowEmpty: true);
        var query = Path.Combine(folder.Path, "q.sql");
        await File.WriteAllTextAsync(
            query,
            "SELECT 'wal-g' AS tool, 'full' AS type, now() AS finished_at, server FROM (VALUES ('orders'), ('stock'), ('stock'), "
                + "(NULL)) AS v (server);"
        );
        string[] run =
        [
            "run",
            "--connection",
            catalogue.Uri,
            "--instance",
            "orders",
            "--label",
            "team=a",
            "--source",
            "server",
            "--source",
            "catalog",
            "--query",
            query,
            "--gateway",
            gateway.Url,
        ];

        var first = await BackupMetrics.RunAsync(run);
        var second = await BackupMetrics.RunAsync(run);

        Assert.Equal((0, 0), (first.ExitCode, second.ExitCode));
        Assert.Single(await gateway.GroupsAsync());
        Assert.Equal(
            ["instance=\"orders\"", "instance=\"stock\""],
            (await gateway.SamplesAsync("walg_last_upload")).Select(line =>
                line[(line.IndexOf('{', StringComparison.Ordinal) + 1)..line.IndexOf(',', StringComparison.Ordinal)]
            )
        );
        Assert.Equal(2, (await gateway.SamplesAsync("pghoard_last_upload_age")).Count);
        var success = await gateway.SamplesAsync("postgres_backup_source_success");
        Assert.Equal(6, success.Count);
        Assert.All(success, line => Assert.EndsWith(" 1", line, StringComparison.Ordinal));
        Assert.All(success, line => Assert.Contains("team=\"a\"", line, StringComparison.Ordinal));
        Assert.Single(await gateway.SamplesAsync("postgres_backup_probe_success"));
        Assert.Single(await gateway.SamplesAsync("backup_metrics_run_success"));
        Assert.Equal(3 * 4, (await gateway.SamplesAsync("postgres_backup_max_age_seconds")).Count);
        var (_, complaints) = await Promtool.CheckMetricsAsync((await BackupMetrics.RunAsync(["run", "--dry-run", .. run[1..^2]])).Output);
        Assert.All(complaints, line => Assert.Matches("^(pghoard_last_upload_age|walg_last_upload) ", line));
    }

    [Fact]
    public async Task Servers_listed_by_name_keep_their_limits_while_the_catalogue_is_down()
    {
        var result = await BackupMetrics.RunAsync(
            "run",
            "--dry-run",
            "--connection",
            $"postgresql://u@127.0.0.1:{FreePort.Next()}/x",
            "--instance",
            "catalogue",
            "--source",
            "catalog",
            "--server",
            "eu-*",
            "--server",
            "orders"
        );

        Assert.Equal(69, result.ExitCode);
        Assert.Contains(
            "\npostgres_backup_max_age_seconds{instance=\"orders\",type=\"base\",severity=\"critical\"} 180000\n",
            result.Output,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "\npostgres_backup_source_success{instance=\"orders\",source=\"catalog\"} 0\n",
            result.Output,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("postgres_backup_max_age_seconds{instance=\"catalogue\"", result.Output, StringComparison.Ordinal);
        Assert.Contains(
            "\npostgres_backup_probe_failure{instance=\"catalogue\",reason=\"refused\"} 1\n",
            result.Output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_servers_own_evidence_and_the_tools_make_one_recovery_point()
    {
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        await server.WaitForArchivedAsync(await server.SwitchWalAsync());
        Assert.Null((await Probe.OfAsync(server)).LossWindow);

        var result = await Probe.OfAsync(
            server,
            ["server", "query"],
            new(ServerPatterns.All, "SELECT 'full' AS type, now() AS finished_at")
        );

        Assert.NotNull(RecoveryPoint.Estimate(result.Server, Assert.Single(result.Found).Backups));
        Assert.Equal(await Probe.LsnAsync(server) / (16 << 20) * (16 << 20), result.Server!.Wal!.ArchiveEnd);
    }

    [Fact]
    public async Task The_time_limit_of_a_slow_source_keeps_what_was_read_before_it()
    {
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });

        var result = await Probe.OfAsync(
            server.ConnectionUri(),
            TimeSpan.FromSeconds(2),
            Probe.Instance with
            {
                Sources = ["server", "query"],
            },
            new(ServerPatterns.All, "SELECT 'full' AS type, now() AS finished_at FROM pg_sleep(60)")
        );

        Assert.Equal(FailureReason.Timeout, result.Failure!.Reason);
        Assert.Contains("query", result.Failure.Message, StringComparison.Ordinal);
        Assert.Equal(["server"], result.SourcesThatAnswered);
        Assert.NotNull(result.Server!.Wal);
    }
}
