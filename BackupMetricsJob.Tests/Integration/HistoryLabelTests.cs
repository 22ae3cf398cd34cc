using BackupMetricsJob.Backups;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>
/// A label is whatever somebody wrote, in whatever encoding: that there is a base backup, and when it ended, is known all the same.
/// </summary>
public sealed class HistoryLabelTests
{
    const string Trap = @"E'x\nSTART TIMELINE: 1\nSTOP TIME: 1999-01-01 00:00:00 UTC\nSTOP TIMELINE: 1'";

    // As it was before labels were read as bytes; servers still have it.
    const string OldFunction = """
        CREATE OR REPLACE FUNCTION backup_metrics.base_backup_history()
        RETURNS TABLE (file_name text, finish_at timestamptz, start_at timestamptz, start_lsn pg_lsn, stop_lsn pg_lsn, method text, backup_from text, label text, native_incremental boolean)
        LANGUAGE sql SECURITY DEFINER STABLE SET search_path = pg_catalog, pg_temp AS $$
          WITH f AS (SELECT w.name, w.modification, pg_read_file('pg_wal/' || w.name, 0, 10000, true) AS b FROM pg_ls_waldir() w WHERE w.name ~ '\.backup$')
          SELECT name, modification, modification - (substring(b from 'STOP TIME: (\S+ \S+)')::timestamp - substring(b from 'START TIME: (\S+ \S+)')::timestamp),
                 NULL::pg_lsn, NULL::pg_lsn, NULL::text, NULL::text, substring(b from '\nLABEL: ([^\n]*)'), false
          FROM f WHERE b IS NOT NULL
        $$
        """;

    [Theory]
    [InlineData(13)]
    [InlineData(15)]
    [InlineData(18)]
    public async Task A_label_takes_nothing_with_it(int version)
    {
        await using var server = await PostgresServer.StartAsync(new() { Version = version, Archiving = true });
        await HistoryFunction.InstallAsync(server);
        await server.ExecuteAsync("CREATE DATABASE template0 TEMPLATE template1");
        await server.ExecuteAsync("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'");

        // 0xFC is no UTF-8: such bytes cannot be a text in this database.
        await AssertKnownAsync(server, "latin", @"U&'Gr\00fc\00dfe'", "unknown");
        await AssertKnownAsync(server, "postgres", @"U&'Gr\00fc\00dfe'", "unknown");
        await AssertKnownAsync(server, "postgres", Trap, "unknown");
        await AssertKnownAsync(server, "postgres", @"E'x\nSTOP TIME: tomorrow'", "unknown");
        await AssertKnownAsync(server, "postgres", @"E'back\\slash'", "unknown");
        await AssertKnownAsync(server, "postgres", "'wal-g'", "wal-g");
        await AssertKnownAsync(server, "postgres", "'pgBackRest backup started at 2026-11-22 08:20:43.762861+00'", "pgbackrest");
    }

    [Theory]
    [InlineData(13)]
    [InlineData(15)]
    [InlineData(18)]
    public async Task What_an_older_function_cannot_read_is_a_warning_and_the_backup_is_known_by_its_name(int version)
    {
        await using var server = await PostgresServer.StartAsync(new() { Version = version, Archiving = true });
        await HistoryFunction.InstallAsync(server);
        await server.ExecuteAsync(OldFunction);
        await server.ExecuteAsync("CREATE DATABASE template0 TEMPLATE template1");
        await server.ExecuteAsync("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'");
        foreach (var (database, label) in new[] { ("latin", @"U&'Gr\00fc\00dfe'"), ("postgres", @"E'x\nSTOP TIME: tomorrow morning'") })
        {
            await BackUpAsync(server, database, label);

            var result = await Probe.OfAsync(server);

            Assert.Null(result.Failure);
            Assert.Equal([SourceName.Server], result.SourcesThatAnswered);
            Assert.Equal(("unknown", true), (Assert.Single(result.Backups).Tool, result.Server!.Wal is not null));
            var finding = Assert.Single(
                Findings.For(result),
                finding => finding.Summary.StartsWith("cannot read the label", StringComparison.Ordinal)
            );
            Assert.False(finding.IsCritical);
            Assert.Contains("catalog init --server", finding.Advice, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_source_after_the_server_is_read_where_the_function_breaks()
    {
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        await HistoryFunction.InstallAsync(server);
        await server.ExecuteAsync(OldFunction);
        await BackUpAsync(server, "postgres", @"E'x\nSTOP TIME: tomorrow morning'");

        var result = await Probe.OfAsync(
            server,
            [SourceName.Server, SourceName.Query],
            new(ServerPatterns.All, "SELECT 'full' AS type, now() AS finished_at")
        );

        Assert.Null(result.Failure);
        Assert.Equal([SourceName.Server, SourceName.Query], result.SourcesThatAnswered);
    }

    static async Task AssertKnownAsync(PostgresServer server, string database, string label, string tool)
    {
        await BackUpAsync(server, database, label);
        var file = Probe
            .WalFiles(server)
            .Where(file => file.Name.EndsWith(".backup", StringComparison.Ordinal))
            .MaxBy(file => file.Name, StringComparer.Ordinal)!;

        var result = await Probe.OfAsync(server);

        Assert.Null(result.Failure);
        Assert.Empty(result.MissingPrivileges);
        var backup = Assert.Single(result.Backups);
        Assert.Equal((tool, Probe.Time(file).ToUnixTimeSeconds()), (backup.Tool, backup.LastSuccess!.Value.ToUnixTimeSeconds()));
        Assert.InRange(backup.LastDuration!.Value, TimeSpan.Zero, TimeSpan.FromMinutes(2));
    }

    static async Task BackUpAsync(PostgresServer server, string database, string label)
    {
        var (start, stop) =
            server.Options.Version >= 15
                ? ($"pg_backup_start({label}, true)", "pg_backup_stop(false)")
                : ($"pg_start_backup({label}, true, false)", "pg_stop_backup(false, false)");
        await server.ExecuteAsync($"SELECT {start}; SELECT labelfile FROM {stop}", database);
    }
}
