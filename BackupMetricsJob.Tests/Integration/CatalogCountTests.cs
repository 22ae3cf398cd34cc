using Npgsql;
using static BackupMetricsJob.Tests.Integration.CatalogDatabase;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>The counts that are kept are the counts that are found, whoever writes, how, and how many at once.</summary>
public sealed class CatalogCountTests
{
    [Fact]
    public async Task Every_way_to_write_by_hand_is_counted()
    {
        await using var catalogue = await CreateAsync();
        string[] statements =
        [
            "INSERT INTO {t} (server, tool, kind, backup_id, status, finished_at) SELECT 's' || i % 3, 'pg_dump', 'logical', i::text, "
                + "'done', now() FROM generate_series(1, 100) i",
            "UPDATE {t} SET status = 'failed' WHERE backup_id::int % 7 = 0",
            "UPDATE {t} SET server = 'moved', kind = 'full' WHERE backup_id::int < 10",
            "UPDATE {t} SET deleted_at = now() WHERE backup_id::int % 5 = 0",
            "UPDATE {t} SET error = 'nothing that counts'",
            "INSERT INTO {t} (server, tool, kind, backup_id, status, finished_at) VALUES ('s1', 'pg_dump', 'logical', '1', 'done', "
                + "now()) ON CONFLICT DO NOTHING",
            """
                INSERT INTO {t} AS c (server, tool, kind, backup_id, status, finished_at) SELECT 's' || i % 3, 'pg_dump', 'logical', i::text, 'running', now() FROM generate_series(50, 120) i
                ON CONFLICT (server, tool, storage, backup_id) DO UPDATE SET status = excluded.status, deleted_at = NULL
                """,
            "WITH gone AS (DELETE FROM {t} WHERE backup_id::int % 2 = 0 RETURNING 1) INSERT INTO {t} (server, tool, kind, backup_id, "
                + "status, finished_at) SELECT 'new', 'wal-g', 'wal', count(*)::text, 'done', now() FROM gone",
            "COPY (SELECT 1) TO '/dev/null'; DELETE FROM {t} WHERE server = 'moved'",
            "DELETE FROM {t} WHERE false",
            "TRUNCATE {t}",
        ];
        foreach (var statement in statements)
        {
            await catalogue.Database.ExecuteAsync(statement.Replace("{t}", "backup_metrics.backup_catalog", StringComparison.Ordinal));
            var (kept, counted) = await catalogue.CountsAsync();
            Assert.Equal(counted, kept);

            // The counts are where the servers, tools and kinds are read from.
            Assert.Equal(
                (
                    statement,
                    await catalogue.Database.ScalarAsync<string>($"SELECT concat(string_agg(k, ',' ORDER BY k)) {Kinds("catalog")}")
                ),
                (statement, await catalogue.Database.ScalarAsync<string>($"SELECT concat(string_agg(k, ',' ORDER BY k)) {Kinds("count")}"))
            );
        }

        Assert.Equal(0, await catalogue.Database.ScalarAsync<long>("SELECT count(*) FROM backup_metrics.backup_count"));

        static string Kinds(string table) =>
            $"FROM (SELECT DISTINCT concat(server, ' ', tool) AS k FROM backup_metrics.backup_{table}) AS known";
    }

    [Fact]
    public async Task A_kind_that_lost_its_last_backup_counts_zero_until_its_rows_are_deleted()
    {
        await using var catalogue = await CreateAsync();
        await catalogue.ImportAsync(Backup(1));
        await catalogue.ImportAsync(List("orders"), allowEmpty: true);
        Assert.Equal(0, await catalogue.Database.ScalarAsync<long>("SELECT n FROM backup_metrics.backup_count"));

        await catalogue.Database.ExecuteAsync("DELETE FROM backup_metrics.backup_catalog");

        Assert.Empty(await catalogue.Database.QueryAsync<long>("SELECT n FROM backup_metrics.backup_count"));
    }

    [Fact]
    public async Task Zeros_that_two_who_deleted_at_once_left_to_each_other_are_no_server_and_go_with_the_next_deletion()
    {
        await using var catalogue = await CreateAsync();
        await catalogue.Database.ExecuteAsync(
            """
            INSERT INTO backup_metrics.backup_catalog (server, tool, kind, backup_id, status, finished_at)
            SELECT 'orders', 'pg_dump', kind, kind, 'done', now() FROM unnest(ARRAY['logical', 'restore_test']) AS kind
            """
        );
        await using var one = await catalogue.Database.OpenAsync();
        await RunAsync(one, "BEGIN; DELETE FROM backup_metrics.backup_catalog WHERE kind = 'logical'");
        await catalogue.Database.ExecuteAsync("DELETE FROM backup_metrics.backup_catalog WHERE kind = 'restore_test'");
        await RunAsync(one, "COMMIT");
        Assert.Equal(0, await catalogue.Database.ScalarAsync<long>("SELECT count(*) FROM backup_metrics.backup_catalog"));
        Assert.Equal([0, 0], await catalogue.Database.QueryAsync<long>("SELECT n FROM backup_metrics.backup_count"));

        Assert.Empty((await Probe.OfAsync(catalogue.Database, ["catalog"])).Found);

        await RunAsync(one, "DELETE FROM backup_metrics.backup_catalog WHERE false");
        Assert.Empty(await catalogue.Database.QueryAsync<long>("SELECT n FROM backup_metrics.backup_count"));
    }

    [Fact]
    public async Task Many_writers_of_the_same_counts_wait_for_one_another_and_lose_nothing()
    {
        await using var catalogue = await CreateAsync();

        await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(async writer =>
                {
                    await using var connection = await catalogue.Database.OpenAsync();
                    for (var round = 0; round < 25; round++)
                    {
                        // Half of the writers name the servers in the opposite order.
                        await RunAsync(
                            connection,
                            $"""
                            INSERT INTO backup_metrics.backup_catalog (server, tool, kind, backup_id, status, finished_at)
                            SELECT 's' || i, 'pg_dump', 'logical', '{writer}-{round}', 'done', now() FROM generate_series(0, 9) i ORDER BY i {(
                                writer % 2 == 0 ? "ASC" : "DESC"
                            )}
                            """
                        );
                        await RunAsync(
                            connection,
                            "UPDATE backup_metrics.backup_catalog SET status = 'failed' WHERE backup_id = "
                                + $"'{writer}-{round}' AND server < 's5'"
                        );
                        await RunAsync(
                            connection,
                            $"DELETE FROM backup_metrics.backup_catalog WHERE backup_id = '{writer}-{round}' AND server IN ('s1', 's9')"
                        );
                    }
                })
        );

        var (kept, counted) = await catalogue.CountsAsync();
        Assert.Equal(counted, kept);
        Assert.Equal(8, kept.Count);
        Assert.All(kept, line => Assert.EndsWith(" 200", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Imports_of_the_same_server_at_once_come_one_after_the_other()
    {
        await using var catalogue = await CreateAsync();
        await catalogue.ImportAsync([.. Enumerable.Range(1, 50).Select(i => Backup(i))]);

        var results = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(turn =>
                    Task.Run(() =>
                        turn % 2 == 0
                            ? catalogue.ImportAsync([.. Enumerable.Range(1, 60).Select(i => Backup(i))])
                            : catalogue.ImportAsync([.. Enumerable.Range(11, 90).Select(i => Backup(i))])
                    )
                )
        );

        Assert.All(results, result => Assert.Null(result.Failure));
        var (kept, counted) = await catalogue.CountsAsync();
        Assert.Equal(counted, kept);
        Assert.True(kept is ["orders wal-g full done 60"] or ["orders wal-g full done 90"], string.Join(", ", kept));
    }

    [Fact]
    public async Task An_import_waits_for_the_one_before_it()
    {
        await using var catalogue = await CreateAsync();
        await using var other = await catalogue.Database.OpenAsync();
        await RunAsync(other, "BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('orders' || E'\\n' || 'wal-g', 1))");

        var import = Task.Run(() => catalogue.ImportAsync(Backup(1)));
        await catalogue.Database.WaitForAsync(
            "the import to wait",
            "SELECT count(*) = 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND "
                + "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        );
        Assert.Equal("1 new, 0 changed, 0 gone, 0 unchanged", Told(await catalogue.ImportAsync(List("billing", Backup(1, "billing")))));
        Assert.False(import.IsCompleted);
        await RunAsync(other, "COMMIT");

        Assert.Equal("1 new, 0 changed, 0 gone, 0 unchanged", Told(await import));
    }

    static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
#pragma warning disable CA2100 // The test's own SQL on the test's own server.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}
