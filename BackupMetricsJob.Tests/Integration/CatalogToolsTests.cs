using System.Globalization;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>
/// pgBackRest and Barman themselves, from a backup to a row: what they list today is what the catalogue says. The same catalogue is read by
/// `run --source catalog`.
/// </summary>
public sealed partial class CatalogToolsTests
{
    const string Rows = """
        SELECT concat_ws(' ', server, tool, storage, kind, backup_id, status, CASE WHEN deleted_at IS NOT NULL THEN 'gone' END)
        FROM backup_metrics.backup_catalog ORDER BY at
        """;

    [Fact]
    public async Task PgBackRest_from_a_full_backup_to_the_day_it_expires()
    {
        await using var catalogue = await CatalogDatabase.CreateAsync();
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        using var folder = new TempFolder();
        var tool = await PgBackRestAsync(folder, server);

        await tool("--stanza=orders stanza-create");
        await server.SetAsync("archive_command", $"pgbackrest --config={folder.File("pgbackrest.conf")} --stanza=orders archive-push %p");
        Assert.Equal("pgbackrest: 0 new, 0 changed, 0 gone, 0 unchanged (1 server)", (await ImportAsync()).Split('\n')[^2]);
        Assert.Equal(
            ["repo1"],
            await catalogue.Database.QueryAsync<string>("SELECT storage FROM backup_metrics.backup_storage WHERE error IS NULL")
        );

        var before = await Now();
        await tool("--stanza=orders backup --type=full");
        await tool("--stanza=orders backup --type=incr");
        Assert.Equal("pgbackrest: 2 new, 0 changed, 0 gone, 0 unchanged (1 server)\n", await ImportAsync());
        Assert.Equal("pgbackrest: 0 new, 0 changed, 0 gone, 2 unchanged (1 server)\n", await ImportAsync());

        var labels = await catalogue.Database.QueryAsync<string>("SELECT backup_id FROM backup_metrics.backup_catalog ORDER BY at");
        Assert.Equal(
            [$"orders pgbackrest repo1 full {labels[0]} done", $"orders pgbackrest repo1 incr {labels[1]} done"],
            await catalogue.Database.QueryAsync<string>(Rows)
        );
        Assert.StartsWith(labels[0] + "_", labels[1], StringComparison.Ordinal);
        var identifier = await server.ScalarAsync<long>("SELECT system_identifier FROM pg_control_system()");
        Assert.Equal(
            2,
            await catalogue.Database.ScalarAsync<long>(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"""
                    SELECT count(*) FROM backup_metrics.backup_catalog WHERE started_at >= to_timestamp({before.ToUnixTimeSeconds()}) AND finished_at <= now()
                      AND size_bytes BETWEEN 10000000 AND 100000000 AND stored_bytes BETWEEN 1 AND size_bytes AND start_lsn < stop_lsn AND start_wal <= stop_wal AND timeline = 1
                      AND pg_version_num = {PostgresBinaries.Distribution.Version}0000 AND system_identifier = {identifier} AND NOT has_errors
                    """
                )
            )
        );
        Assert.Equal(
            labels[0],
            await catalogue.Database.ScalarAsync<string>("SELECT parent_id FROM backup_metrics.backup_catalog WHERE kind = 'incr'")
        );
        Assert.Equal(
            1,
            await catalogue.Database.ScalarAsync<long>(
                "SELECT count(*) FROM backup_metrics.backup_source WHERE error IS NULL AND succeeded_at = imported_at"
            )
        );

        var gauges = await GaugesAsync(catalogue);
        foreach (var type in new[] { "full", "incr" })
        {
            var finished = await catalogue.Database.ScalarAsync<long>(
                $"SELECT extract(epoch FROM finished_at)::bigint FROM backup_metrics.backup_catalog WHERE kind = '{type}'"
            );
            Assert.Contains(
                $"postgres_backup_last_success_timestamp_seconds{{instance=\"orders\","
                    + $"source=\"catalog\",tool=\"pgbackrest\",type=\"{type}\"}} {finished}\n",
                gauges,
                StringComparison.Ordinal
            );
            Assert.Contains(
                $"postgres_backups{{instance=\"orders\",source=\"catalog\",tool=\"pgbackrest\",type=\"{type}\",state=\"done\"}} 1\n",
                gauges,
                StringComparison.Ordinal
            );
        }

        // pgBackRest never lists a backup that failed; its wrapper records it.
        var failed = await ChildProcess.RunAsync(
            "/bin/sh",
            [
                "-c",
                $"""
                pgbackrest --config={folder.File("pgbackrest.conf")} --stanza=orders --pg1-port=1 backup
                '{BackupMetrics.Executable}' record --connection '{catalogue.Uri}' --server orders --tool pgbackrest --type full --from-exit-code $?
                """,
            ],
            new() { Unprivileged = true }
        );
        Assert.Equal(0, failed.ExitCode);
        Assert.Equal(
            "exit code 56",
            await catalogue.Database.ScalarAsync<string>(
                "SELECT error FROM backup_metrics.backup_catalog WHERE status = 'failed' AND NOT listed"
            )
        );

        // The next full backup is the only one that is kept: the first and what depends on it expire.
        await tool("--stanza=orders backup --type=full");
        Assert.Equal("pgbackrest: 1 new, 0 changed, 2 gone, 0 unchanged (1 server)\n", await ImportAsync());
        Assert.Equal(["orders pgbackrest full done 1", "orders pgbackrest full failed 1"], (await catalogue.CountsAsync()).Kept);

        gauges = await GaugesAsync(catalogue);
        Assert.Contains(
            "postgres_backups{instance=\"orders\",source=\"catalog\",tool=\"pgbackrest\",type=\"full\",state=\"failed\"} 1\n",
            gauges,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "postgres_backup_last_failure_timestamp_seconds{instance=\"orders\",source=\"catalog\",tool=\"pgbackrest\",type=\"full\"} ",
            gauges,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(
            "postgres_backup_last_success_timestamp_seconds{instance=\"orders\",source=\"catalog\",tool=\"pgbackrest\",type=\"incr\"}",
            gauges,
            StringComparison.Ordinal
        );

        await tool("--stanza=orders stop");
        await tool("--stanza=orders stanza-delete --force");
        Assert.StartsWith(
            "warning: pgbackrest could not list \"orders\". The catalogue has recorded this",
            await ImportAsync("--stanza=orders"),
            StringComparison.Ordinal
        );
        Assert.Equal(
            "code 1: missing stanza path",
            (await catalogue.Database.ScalarAsync<string>("SELECT error FROM backup_metrics.backup_source")).Split("; ")[0]
        );
        Assert.Equal(["orders pgbackrest full done 1", "orders pgbackrest full failed 1"], (await catalogue.CountsAsync()).Kept);

        async Task<string> ImportAsync(string options = "") =>
            await ImportOf("pgbackrest", await tool($"{options} info --output=json".Trim()), catalogue);
        async Task<DateTimeOffset> Now() =>
            DateTimeOffset.FromUnixTimeSeconds(await server.ScalarAsync<long>("SELECT floor(extract(epoch FROM now()))::bigint"));
    }

    [Fact]
    public async Task Barman_with_a_copy_that_failed_and_a_backup_that_is_deleted()
    {
        await using var catalogue = await CatalogDatabase.CreateAsync();
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        using var folder = new TempFolder();
        var tool = await BarmanAsync(folder, server);
        await tool("check orders", mayFail: true); // makes its folders
        await server.SetAsync("archive_command", $"cp %p {folder.File("home/orders/incoming")}/%f");
        await tool("switch-wal --force orders");
        await server.WaitForArchivedAsync("000000010000000000000001");
        await tool("archive-wal orders");

        var empty = await ImportAsync("list-backups all");
        Assert.StartsWith(
            "warning: \"orders\": the catalogue had no server of this name, and has one now that has no backup",
            empty,
            StringComparison.Ordinal
        );
        Assert.EndsWith("\nbarman: 0 new, 0 changed, 0 gone, 0 unchanged (1 server)\n", empty, StringComparison.Ordinal);
        await tool("backup orders");
        Assert.Equal("barman: 1 new, 0 changed, 0 gone, 0 unchanged (1 server)\n", await ImportAsync("list-backups all"));
        Assert.Equal("barman: 0 new, 1 changed, 0 gone, 0 unchanged (1 server)\n", await ImportAsync("show-backup orders latest"));
        Assert.Equal("barman: 0 new, 0 changed, 0 gone, 1 unchanged (1 server)\n", await ImportAsync("list-backups all"));
        Assert.Equal(
            1,
            await catalogue.Database.ScalarAsync<long>(
                $"""
                SELECT count(*) FROM backup_metrics.backup_catalog WHERE kind = 'full' AND status = 'done' AND finished_at BETWEEN started_at AND now() AND now() - started_at < interval '5 minutes'
                  AND stored_bytes BETWEEN 10000000 AND 100000000 AND start_lsn < stop_lsn AND timeline = 1 AND pg_version_num / 10000 = {PostgresBinaries.Distribution.Version}
                """
            )
        );

        // A copy that breaks: Barman keeps a FAILED backup, and tells its hook.
        folder.Write("bin/fails", "");
        folder.Write(
            "hook.sh",
            $"""
            barman -c {folder.File(
                "barman.conf"
            )} -f json show-backup "$BARMAN_SERVER" "$BARMAN_BACKUP_ID" | '{BackupMetrics.Executable}' import barman --connection '{catalogue.Uri}'
            """
        );
        await tool("backup orders", mayFail: true);
        Assert.StartsWith(
            "failure copying files",
            await catalogue.Database.ScalarAsync<string>("SELECT error FROM backup_metrics.backup_catalog WHERE status = 'failed'"),
            StringComparison.Ordinal
        );
        Assert.Equal("barman: 0 new, 0 changed, 0 gone, 2 unchanged (1 server)\n", await ImportAsync("list-backups orders"));
        Assert.Equal(["orders barman full done 1", "orders barman full failed 1"], (await catalogue.CountsAsync()).Kept);
        Assert.Equal(
            1,
            await catalogue.Database.ScalarAsync<long>(
                "SELECT count(*) FROM backup_metrics.backup_catalog WHERE status = 'failed' AND now() - at BETWEEN interval '0' "
                    + "AND interval '5 minutes'"
            )
        );

        const string OfBarman = "{instance=\"orders\",source=\"catalog\",tool=\"barman\",type=\"full\"}";
        var gauges = await GaugesAsync(catalogue);
        foreach (
            var name in new[]
            {
                "last_success_timestamp_seconds",
                "last_failure_timestamp_seconds",
                "last_duration_seconds",
                "last_stored_bytes",
            }
        )
            Assert.Contains($"postgres_backup_{name}{OfBarman} ", gauges, StringComparison.Ordinal);

        await tool("delete orders oldest");
        Assert.Equal("barman: 0 new, 0 changed, 1 gone, 1 unchanged (1 server)\n", await ImportAsync("list-backups orders"));
        Assert.Matches(
            "^orders barman default full [0-9T]{15} done gone\norders barman default full [0-9T]{15} failed$",
            string.Join('\n', await catalogue.Database.QueryAsync<string>(Rows))
        );

        Assert.DoesNotContain(
            $"postgres_backup_last_success_timestamp_seconds{OfBarman}",
            await GaugesAsync(catalogue),
            StringComparison.Ordinal
        );

        async Task<string> ImportAsync(string command) => await ImportOf("barman", await tool("-f json " + command), catalogue);
    }

    static async Task<string> GaugesAsync(CatalogDatabase catalogue)
    {
        var result = await BackupMetrics.RunAsync(
            "run",
            "--dry-run",
            "--source",
            "catalog",
            "--connection",
            catalogue.Uri,
            "--instance",
            "catalogue"
        );
        Assert.True(result.ExitCode == 0, result.Error);
        return result.Output;
    }

    static async Task<string> ImportOf(string tool, string output, CatalogDatabase catalogue)
    {
        var result = await BackupMetrics.RunAsync(["import", tool, "--connection", catalogue.Uri], null, output);
        Assert.True(result.ExitCode == 0, result.Error + output);
        return result.Error;
    }
}
