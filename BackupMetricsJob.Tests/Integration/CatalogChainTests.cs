using BackupMetricsJob.Backups;
using static BackupMetricsJob.Tests.Integration.CatalogDatabase;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>The chains that are kept are those that a walk finds, whoever writes, and how many at once; each storage by itself.</summary>
public sealed class CatalogChainTests
{
    const string Kept = """
        SELECT concat_ws(' ', server, storage, backup_id, COALESCE(is_broken::text, 'unknown'))
        FROM backup_metrics.backup_chain ORDER BY 1
        """;

    const string Walked = """
        SELECT COALESCE(backup_metrics.backup_chain_renew(array_agg(server), array_agg(tool)), 0)
        FROM (SELECT server, tool FROM backup_metrics.backup_catalog UNION SELECT server, tool FROM backup_metrics.backup_chain) AS known
        """;

    [Fact]
    public async Task Every_way_to_write_by_hand_is_followed()
    {
        await using var catalogue = await CreateAsync();
        (string Statement, string[] Expected)[] steps =
        [
            (Insert("('a', 'x', 'incr', '1', 'I', 'F')"), ["a 1 I true"]),
            (Insert("('a', 'x', 'full', '1', 'F', NULL)"), ["a 1 I false"]),
            ("UPDATE {t} SET deleted_at = now() WHERE backup_id = 'F'", ["a 1 I true"]),
            ("UPDATE {t} SET deleted_at = NULL WHERE backup_id = 'F'", ["a 1 I false"]),
            ("UPDATE {t} SET status = 'failed' WHERE backup_id = 'F'", ["a 1 I true"]),
            (
                Insert("('a', 'x', 'full', '1', 'F', NULL)")
                    + "ON CONFLICT (server, tool, storage, backup_id) DO UPDATE SET status = 'done'",
                ["a 1 I false"]
            ),
            ("UPDATE {t} SET other_cluster = true WHERE backup_id = 'F'", ["a 1 I true"]),
            ("UPDATE {t} SET other_cluster = false WHERE backup_id = 'F'", ["a 1 I false"]),
            ("UPDATE {t} SET parent_id = NULL WHERE backup_id = 'I'", ["a 1 I unknown"]),
            ("UPDATE {t} SET parent_id = 'F' WHERE backup_id = 'I'", ["a 1 I false"]),
            ("UPDATE {t} SET storage = '2' WHERE backup_id = 'F'", ["a 1 I true"]),
            (
                Insert("('a', 'x', 'incr', '2', 'I', 'F'), ('b', 'x', 'full', '1', 'F', NULL), ('b', 'x', 'wal', '1', 'W', NULL)"),
                ["a 1 I true", "a 2 I false"]
            ),
            ("UPDATE {t} SET server = 'c' WHERE server = 'a' AND storage = '2'", ["a 1 I true", "c 2 I false"]),
            ("UPDATE {t} SET error = 'nothing that matters'", ["a 1 I true", "c 2 I false"]),
            ("UPDATE {t} SET status = 'failed' WHERE server = 'a'", ["c 2 I false"]),
            ("DELETE FROM {t} WHERE server = 'c' AND kind = 'full'", ["c 2 I true"]),
            (
                Insert("SELECT 'd', 'x', 'incr', '1', i::text, CASE WHEN i > 0 THEN (i - 1)::text END FROM generate_series(0, 6) i", "i"),
                ["c 2 I true", .. Enumerable.Range(2, 5).Select(i => $"d 1 {i} unknown")]
            ),
            ("TRUNCATE {t}", []),
        ];

        foreach (var (statement, expected) in steps)
        {
            await catalogue.Database.ExecuteAsync(statement.Replace("{t}", "backup_metrics.backup_catalog", StringComparison.Ordinal));
            Assert.Equal(
                (statement, string.Join(", ", expected)),
                (statement, string.Join(", ", await catalogue.Database.QueryAsync<string>(Kept)))
            );
            Assert.Equal((statement, 0), (statement, await catalogue.Database.ScalarAsync<long>(Walked)));
        }
    }

    [Fact]
    public async Task Who_writes_a_backup_sees_what_it_builds_on_although_that_is_being_written()
    {
        await using var catalogue = await CreateAsync();
        await using var first = await catalogue.Database.OpenAsync();
        await RunAsync(first, "BEGIN;" + Table(Insert("('a', 'x', 'full', '1', 'F', NULL)")));

        var second = Task.Run(() => catalogue.Database.ExecuteAsync(Table(Insert("('a', 'x', 'incr', '1', 'I', 'F')"))));
        await catalogue.Database.WaitForAsync(
            "the second to wait",
            "SELECT count(*) = 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND "
                + "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        );
        await RunAsync(first, "COMMIT");
        await second;

        Assert.Equal(["a 1 I false"], await catalogue.Database.QueryAsync<string>(Kept));
    }

    [Fact]
    public async Task A_chain_that_is_whole_in_one_storage_and_broken_in_another_is_told_by_storage()
    {
        await using var catalogue = await CreateAsync();
        await catalogue.Database.ExecuteAsync(
            """
            INSERT INTO backup_metrics.backup_catalog (server, tool, kind, storage, backup_id, status, finished_at, parent_id) VALUES
            ('orders', 'pgbackrest', 'full', 'repo1', 'F', 'done', now() - interval '20 h', NULL),
            ('orders', 'pgbackrest', 'incr', 'repo1', 'F_I', 'done', now() - interval '10 h', 'F'),
            ('orders', 'pgbackrest', 'incr', 'repo1', 'F_J', 'done', now() - interval '30 min', 'F_I'),
            ('orders', 'pgbackrest', 'full', 'repo2', 'E', 'done', now() - interval '9 days', NULL),
            ('orders', 'pgbackrest', 'incr', 'repo2', 'F_I', 'done', now() - interval '10 h', 'F'),
            ('orders', 'pgbackrest', 'incr', 'repo2', 'F_J', 'done', now() - interval '30 min', 'F_I')
            """
        );

        var gauges = await CatalogStoragesTests.RunAsync(catalogue, "--copies", "2");
        var show = await CatalogStoragesTests.ShowAsync(catalogue, "--copies", "2");

        const string Of = "{instance=\"orders\",source=\"catalog\",tool=\"pgbackrest\",type=\"incr\"";
        Assert.Equal(0, gauges[$"postgres_backup_broken_chains{Of}}}"]);
        Assert.Equal(0, gauges[$"postgres_backup_storage_broken_chains{Of},storage=\"repo1\"}}"]);
        Assert.Equal(2, gauges[$"postgres_backup_storage_broken_chains{Of},storage=\"repo2\"}}"]);
        Assert.DoesNotContain(
            gauges.Keys,
            series =>
                series.Contains("storage_broken_chains", StringComparison.Ordinal) && series.Contains("full", StringComparison.Ordinal)
        );
        Assert.Equal(1, gauges["postgres_backup_copies{instance=\"orders\"}"]);
        Assert.Contains("repo2 (pgbackrest): its newest that can be restored is 9 days old", show, StringComparison.Ordinal);
        Assert.Contains(
            "WARNING             2 of the newest incr backups of pgbackrest cannot be restored from repo2: the backup they build on is not "
                + "in it",
            show,
            StringComparison.Ordinal
        );
        Assert.Contains("incr 30 min old (cannot be restored from here)", show, StringComparison.Ordinal);

        // Gone from both, it is a fault of the backups, told once.
        await catalogue.Database.ExecuteAsync("DELETE FROM backup_metrics.backup_catalog WHERE backup_id = 'F'");
        show = await CatalogStoragesTests.ShowAsync(catalogue);
        Assert.Contains("2 of the newest incr backups of pgbackrest cannot be restored: ", show, StringComparison.Ordinal);
        Assert.DoesNotContain("cannot be restored from repo", show, StringComparison.Ordinal);
    }

    static string Insert(string rows, string seconds = "0") =>
        rows.StartsWith("SELECT", StringComparison.Ordinal)
            ? "INSERT INTO {t} (server, tool, kind, storage, backup_id, parent_id, status, finished_at) "
                + rows.Replace(" FROM ", $", 'done', now() + {seconds} * interval '1 s' FROM ", StringComparison.Ordinal)
            : "INSERT INTO {t} (server, tool, kind, storage, backup_id, parent_id, status, finished_at) "
                + $"SELECT v.*, 'done', now() FROM (VALUES {rows}) v ";

    static string Table(string statement) => statement.Replace("{t}", "backup_metrics.backup_catalog", StringComparison.Ordinal);

    static async Task RunAsync(Npgsql.NpgsqlConnection connection, string sql)
    {
#pragma warning disable CA2100 // The test's own SQL on the test's own server.
        await using var command = new Npgsql.NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}
