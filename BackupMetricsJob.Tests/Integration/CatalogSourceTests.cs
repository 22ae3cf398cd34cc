using BackupMetricsJob.Backups;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>The source "catalog": rows in, facts out, on a real catalogue.</summary>
public sealed class CatalogSourceTests
{
    const string Rows = """
        INSERT INTO backup_metrics.backup_catalog (server, tool, kind, storage, backup_id, status, started_at, finished_at, size_bytes, stored_bytes, parent_id, start_lsn, stop_lsn, has_errors, deleted_at) VALUES
        ('a', 'pgbackrest', 'full', '1', 'F1', 'done', now() - interval '50 h', now() - interval '49 h', 100, 10, NULL, '0/1000', '0/2000', false, NULL),
        ('a', 'pgbackrest', 'full', '1', 'F2', 'done', now() - interval '26 h', now() - interval '25 h', 100, 10, NULL, '1/0', '1/100', true, NULL),
        ('a', 'pgbackrest', 'full', '1', 'F0', 'done', now() - interval '99 h', now() - interval '98 h', 100, 10, NULL, NULL, NULL, false, now()),
        ('a', 'pgbackrest', 'diff', '1', 'D1', 'failed', now() - interval '3 h', now() - interval '2 h', NULL, NULL, 'F2', NULL, NULL, false, NULL),
        ('a', 'pgbackrest', 'wal', '1', 'W1', 'done', NULL, now() - interval '5 min', NULL, NULL, NULL, '1/F0', '1/1000', false, NULL),
        ('a', 'pgbackrest', 'restore_test', '1', 'R1', 'done', NULL, now() - interval '9 days', NULL, NULL, 'F1', NULL, NULL, false, NULL),
        ('a', 'pgbackrest', 'restore_test', '1', 'R2', 'failed', NULL, now() - interval '1 day', NULL, NULL, 'F2', NULL, NULL, false, NULL),
        ('b', 'pg_dump', 'logical', '1', 'L1', 'done', now() - interval '3 h', now() - interval '2 h', NULL, 5, NULL, NULL, NULL, false, NULL),
        ('c', 'barman', 'full', '1', 'X', 'failed', NULL, now() - interval '1 h', NULL, NULL, NULL, NULL, NULL, false, NULL),
        ('d_1', 'barman', 'full', '1', 'X', 'running', now() - interval '1 h', NULL, NULL, NULL, NULL, NULL, NULL, false, NULL);
        """;

    [Theory]
    [InlineData(13)]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Every_fact_of_a_server_is_read_from_its_rows(int version)
    {
        await using var catalogue = await CatalogDatabase.CreateAsync(version);
        await catalogue.Database.ExecuteAsync(Rows);

        var result = await Probe.OfAsync(catalogue.Database, ["catalog"]);

        Assert.Null(result.Failure);
        Assert.Equal(["a", "b", "c", "d_1"], result.Found.Select(facts => facts.Name));
        Assert.All(result.Found, facts => Assert.Null(facts.Failure));
        var a = result.Found[0].Backups.ToDictionary(facts => facts.Type);
        var full = a[BackupType.Full];
        Assert.Equal(
            ("catalog", "pgbackrest", true, TimeSpan.FromHours(1)),
            (full.Source, full.Tool, full.LastHasErrors, full.LastDuration)
        );
        AssertAge(TimeSpan.FromHours(25), full.Age);
        AssertAge(TimeSpan.FromHours(49), result.At - full.Oldest);
        Assert.Equal((100, 10, 1L << 32), (full.LastSize, full.LastStored, full.StartLsn));
        Assert.Equal(new(2, 0, 0), full.Counts);
        Assert.Null(full.LastFailure);
        Assert.Equal((null, new(0, 1, 0)), (a[BackupType.Diff].LastSuccess, a[BackupType.Diff].Counts));
        AssertAge(TimeSpan.FromHours(2), result.At - a[BackupType.Diff].LastFailure);
        AssertAge(TimeSpan.FromMinutes(5), a[BackupType.Wal].Age);
        AssertAge(TimeSpan.FromDays(9), a[BackupType.RestoreTest].Age);
        AssertAge(TimeSpan.FromDays(1), result.At - a[BackupType.RestoreTest].LastFailure);
        AssertAge(TimeSpan.FromMinutes(5), RecoveryPoint.Estimate(null, result.Found[0].Backups)?.Window);
        Assert.Equal(0x1000, RecoveryPoint.ReplayBytes(null, result.Found[0].Backups));

        var dump = Assert.Single(result.Found[1].Backups);
        Assert.Equal((null, 5, BackupType.Logical), (dump.LastSize, dump.LastStored, dump.Type));
        AssertAge(TimeSpan.FromHours(3), RecoveryPoint.Estimate(null, [dump])?.Window);
        Assert.Null(Assert.Single(result.Found[2].Backups).LastSuccess);
        AssertAge(TimeSpan.FromHours(1), result.At - Assert.Single(result.Found[3].Backups).Running!.Since);
    }

    [Fact]
    public async Task Where_a_backup_begins_and_whose_dump_it_is_are_those_of_the_newest_of_each_kind()
    {
        await using var catalogue = await CatalogDatabase.CreateAsync();
        await catalogue.Database.ExecuteAsync(
            """
            INSERT INTO backup_metrics.backup_catalog (server, tool, kind, backup_id, status, finished_at, start_lsn, start_wal, timeline, database) VALUES
            ('a', 'wal-g', 'full', 'F1', 'done', now() - interval '9 h', '0/1000', '000000010000000000000001', 1, NULL),
            ('a', 'wal-g', 'incr', 'I1', 'done', now() - interval '3 h', NULL, '000000020000000000000009', NULL, NULL),
            ('a', 'wal-g', 'incr', 'I0', 'done', now() - interval '4 h', NULL, '000000020000000000000008', 2, NULL),
            ('a', 'barman', 'full', 'B1', 'done', now() - interval '4 h', '0/9000', NULL, 7, NULL),
            ('a', 'pg_dump', 'logical', 'L1', 'done', now() - interval '2 h', NULL, NULL, NULL, NULL),
            ('a', 'pg_dump', 'logical', 'L2', 'done', now() - interval '1 h', NULL, NULL, NULL, 'orders')
            """
        );

        var result = await Probe.OfAsync(catalogue.Database, ["catalog"]);

        var backups = Assert.Single(result.Found).Backups;
        BackupFacts Of(string tool, BackupType type) => backups.Single(facts => facts.Tool == tool && facts.Type == type);
        Assert.Equal((0x1000, 1), (Of("wal-g", BackupType.Full).StartLsn, Of("wal-g", BackupType.Full).Timeline));
        Assert.Equal(("000000020000000000000009", 2), (Of("wal-g", BackupType.Incr).StartSegment, Of("wal-g", BackupType.Incr).Timeline));
        Assert.Equal(
            (0x9000, 7, null),
            (Of("barman", BackupType.Full).StartLsn, Of("barman", BackupType.Full).Timeline, Of("barman", BackupType.Full).Database)
        );
        Assert.Equal("orders", Of("pg_dump", BackupType.Logical).Database);
        Assert.Null(RecoveryPoint.Estimate(null, [Of("pg_dump", BackupType.Logical)]));
    }

    [Theory]
    [InlineData("*", "a b c d_1")]
    [InlineData("d_1", "d_1")]
    [InlineData("d__", "")]
    [InlineData("%", "")]
    [InlineData("d*|a", "a d_1")]
    [InlineData("b|nosuch", "b")]
    [InlineData("*_*", "d_1")]
    public async Task Patterns_choose_the_servers(string patterns, string names)
    {
        await using var catalogue = await CatalogDatabase.CreateAsync();
        await catalogue.Database.ExecuteAsync(
            Rows + "INSERT INTO backup_metrics.backup_source VALUES ('d_1', 'barman', now(), now()), ('zzz', 'barman', now(), now())"
        );

        var result = await Probe.OfAsync(catalogue.Database, ["catalog"], new(new(patterns.Split('|')), null));

        Assert.Equal(names, string.Join(' ', result.Found.Select(facts => facts.Name).Where(name => name != "zzz")));
    }

    [Fact]
    public async Task An_import_that_failed_or_is_old_is_not_believed_and_the_others_are()
    {
        await using var catalogue = await CatalogDatabase.CreateAsync();
        await catalogue.Database.ExecuteAsync(
            Rows
                + """
                INSERT INTO backup_metrics.backup_source VALUES
                ('a', 'pgbackrest', now(), now() - interval '25 h', NULL),
                ('b', 'pg_dump', now(), now() - interval '27 h', NULL),
                ('c', 'barman', now(), now() - interval '1 h', E'no such\nserver'),
                ('new', 'wal-g', now(), NULL, 'no such bucket')
                """
        );

        var result = await Probe.OfAsync(catalogue.Database, ["catalog"]);

        Assert.Null(result.Failure);
        var failures = result.Found.ToDictionary(facts => facts.Name, facts => facts.Failure);
        Assert.Null(failures["a"]);
        Assert.Null(failures["d_1"]);
        Assert.Matches(
            "^source catalog: the list of pg_dump was last imported at 20.* UTC, longer ago than the limit of 26 h$",
            failures["b"]!.Message
        );
        Assert.Matches(
            "^source catalog: the import from barman failed at 20.* UTC: no such server; it last succeeded at 20.* UTC$",
            failures["c"]!.Message
        );
        Assert.Matches(
            "^source catalog: the import from wal-g failed at 20.* UTC: no such bucket; it never succeeded$",
            failures["new"]!.Message
        );
        Assert.Contains("imports the list of wal-g by hand", failures["new"]!.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("now() + interval '6 min'", "the newest full of x finished in the future: ")]
    [InlineData("'infinity'", "the newest full of x finished at no time that can be: ")]
    [InlineData("'20000-01-01'", "the newest full of x finished at no time that can be: ")]
    public async Task A_time_that_cannot_be_is_no_number_and_spoils_no_other_server(string finished, string said)
    {
        await using var catalogue = await CatalogDatabase.CreateAsync();
        await catalogue.Database.ExecuteAsync(
            "INSERT INTO backup_metrics.backup_catalog (server, tool, kind, backup_id, status, finished_at) VALUES ('a', 'x', "
                + $"'full', '1', 'done', {finished}), ('b', 'x', 'full', '1', 'done', now() + interval '4 min')"
        );

        var result = await Probe.OfAsync(catalogue.Database, ["catalog"]);

        Assert.StartsWith("source catalog: " + said, result.Found[0].Failure!.Message, StringComparison.Ordinal);
        Assert.Null(Assert.Single(result.Found[0].Backups).LastSuccess);
        Assert.Null(result.Found[1].Failure);
        Assert.Equal(TimeSpan.Zero, Assert.Single(result.Found[1].Backups).Age);
    }

    [Fact]
    public async Task A_server_whose_backups_are_all_gone_is_known_and_has_none()
    {
        await using var catalogue = await CatalogDatabase.CreateAsync();
        await catalogue.Database.ExecuteAsync(Rows + "UPDATE backup_metrics.backup_catalog SET deleted_at = now() WHERE status = 'done'");

        var found = (await Probe.OfAsync(catalogue.Database, ["catalog"])).Found;

        Assert.Equal(["a", "b", "c", "d_1"], found.Select(facts => facts.Name));
        Assert.Empty(found[1].Backups);
        Assert.All(found[0].Backups, backup => Assert.Null(backup.LastSuccess));
    }

    [Fact]
    public async Task Names_may_be_anything()
    {
        const string Name = "o'r\"d%\\e\nr\u00fc*s";
        await using var catalogue = await CatalogDatabase.CreateAsync();
        await catalogue.Database.ExecuteAsync(
            "INSERT INTO backup_metrics.backup_catalog (server, tool, kind, backup_id, status, "
                + "finished_at) VALUES (E'o''r\"d%\\\\e\\nr\u00fc*s', 'x', 'full', '1', 'done', now())"
        );

        Assert.Equal(
            [Name],
            (await Probe.OfAsync(catalogue.Database, ["catalog"], new(new([Name]), null))).Found.Select(facts => facts.Name)
        );
        Assert.Equal(
            [Name],
            (await Probe.OfAsync(catalogue.Database, ["catalog"], new(new(["o'r\"d%\\*"]), null))).Found.Select(facts => facts.Name)
        );
    }

    [Fact]
    public async Task A_reader_needs_the_grants_that_are_printed_and_no_more()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var catalogue = await CatalogDatabase.InAsync(server);
        await server.ExecuteAsync(Rows + "CREATE ROLE \"night watch\" LOGIN");

        var denied = (await Probe.OfAsync(catalogue.Database, ["catalog"], user: "night watch")).Failure!;
        Assert.Equal(FailureReason.Privilege, denied.Reason);
        await catalogue.Database.ExecuteAsync(denied.Advice!);

        var result = await Probe.OfAsync(catalogue.Database, ["catalog"], user: "night watch");
        Assert.Null(result.Failure);
        Assert.Equal(4, result.Found.Count);
        Assert.Empty(result.MissingPrivileges);
    }

    [Fact]
    public async Task A_database_without_a_catalogue_is_told_how_to_have_one()
    {
        await using var database = await CatalogDatabase.CreateEmptyAsync();

        var failure = (await Probe.OfAsync(database, ["catalog"])).Failure!;

        Assert.Equal(FailureReason.Sql, failure.Reason);
        Assert.Contains("catalog init", failure.Advice, StringComparison.Ordinal);
    }

    static void AssertAge(TimeSpan expected, TimeSpan? age) =>
        Assert.InRange(age!.Value, expected - TimeSpan.FromSeconds(5), expected + TimeSpan.FromMinutes(2));
}
