using BackupMetricsJob.Backups;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>The source "query": the user's own SELECT, right and wrong.</summary>
public sealed class QuerySourceTests(SharedPostgres shared) : IClassFixture<SharedPostgres>
{
    const string Done = "SELECT 'full' AS type, now() - interval '1 h' AS finished_at";

    [Fact]
    public async Task Rows_become_facts_of_the_database_itself_and_of_the_servers_they_name()
    {
        var result = await QueryAsync(
            """
            SELECT * FROM (VALUES
              (NULL, 'pg_dump', 'logical', now() - interval '2 h', now() - interval '3 h', 100::bigint, 10::int, 'done', 'x'),
              (NULL, 'pg_dump', 'logical', now() - interval '26 h', NULL, 100, NULL, NULL, 'y'),
              (NULL, 'pg_dump', 'logical', now() - interval '1 h', NULL, NULL, NULL, 'failed', 'z'),
              ('other', NULL, 'base', now(), NULL, NULL, NULL, NULL, NULL),
              ('other', 'wal-g', 'restore_test', now() - interval '1 day', NULL, NULL, NULL, NULL, NULL)
            ) AS v (server, tool, type, finished_at, started_at, size_bytes, stored_bytes, state, backup_id); -- nightly; thanks
            """
        );

        Assert.Null(result.Failure);
        Assert.Equal(["query"], result.SourcesThatAnswered);
        Assert.True(result.IsMonitored);
        Assert.Equal(["it", "other"], result.Found.Select(facts => facts.Name));
        var dump = Assert.Single(result.Found[0].Backups);
        Assert.Equal(
            ("query", "pg_dump", BackupType.Logical, TimeSpan.FromHours(1), 100, 10),
            (dump.Source, dump.Tool, dump.Type, dump.LastDuration, dump.LastSize, dump.LastStored)
        );
        Assert.InRange(dump.Age!.Value, TimeSpan.FromHours(2), TimeSpan.FromHours(2.1));
        Assert.Equal(new(2, 1, 0), dump.Counts);
        Assert.Equal(
            [("unknown", BackupType.Base), ("wal-g", BackupType.RestoreTest)],
            result.Found[1].Backups.Select(backup => (backup.Tool, backup.Type))
        );
    }

    [Theory]
    [InlineData("3600")]
    [InlineData("3600::bigint")]
    [InlineData("3600.5::numeric")]
    [InlineData("3600.5::float8")]
    [InlineData("3600::real")]
    public async Task An_age_is_as_good_as_a_time(string age)
    {
        var result = await QueryAsync($"SELECT 'full'::varchar(4) AS type, {age} AS age_seconds");

        var backup = Assert.Single(Assert.Single(result.Found).Backups);
        Assert.InRange(backup.Age!.Value.TotalSeconds, 3600, 3601);
        Assert.InRange((result.At - backup.LastSuccess!.Value).TotalSeconds, 3590, 3660);
    }

    [Fact]
    public async Task It_sees_the_roles_own_search_path_and_leaves_none_behind()
    {
        await shared.Server.ExecuteAsync(
            "CREATE ROLE q LOGIN; CREATE SCHEMA q; CREATE VIEW q.mine AS SELECT 'full'::text AS type, now() AS finished_at, "
                + "'q' AS backup_id; GRANT USAGE ON SCHEMA q TO q; GRANT SELECT ON q.mine TO q; ALTER ROLE q SET search_path TO q"
        );

        var result = await Probe.OfAsync(shared.Server, ["query"], new(ServerPatterns.All, "TABLE mine"), "q");

        Assert.Null(result.Failure);
        Assert.Equal(BackupType.Full, Assert.Single(Assert.Single(result.Found).Backups).Type);
    }

    [Fact]
    public async Task Servers_that_are_named_leave_the_database_itself_without_limits()
    {
        Assert.False((await QueryAsync("SELECT 'a' AS server, 'full' AS type, now() AS finished_at WHERE false")).IsMonitored);
        Assert.False((await QueryAsync("SELECT 'a' AS server, 'full' AS type, now() AS finished_at")).IsMonitored);
        Assert.True((await QueryAsync(Done + " WHERE false")).IsMonitored);
        Assert.True((await QueryAsync("SELECT nonsense")).IsMonitored);
    }

    [Theory]
    [InlineData("SELECT now() AS finished_at", "there is no column type")]
    [InlineData("SELECT 'full' AS type", "there is neither a column finished_at nor one age_seconds")]
    [InlineData(
        "SELECT 'full' AS type, now() AS finished_at, 'failed' AS status",
        "column status means nothing here: the columns are server, tool, type, finished_at, age_seconds"
    )]
    [InlineData("SELECT 'full' AS type, now() AS finished_at, 'x' AS type", "column type is there twice")]
    [InlineData(
        "SELECT 'full' AS type, now()::timestamp AS finished_at",
        "column finished_at is of type timestamp without time zone: it must be timestamp with time zone"
    )]
    [InlineData(
        "SELECT 'full' AS type, now() AS finished_at, now() - interval '1 h' - now() AS age_seconds",
        "column age_seconds is of type interval: it must be a number"
    )]
    [InlineData("SELECT 1 AS type, now() AS finished_at", "column type is of type integer: it must be text")]
    [InlineData(Done + " UNION ALL SELECT NULL, now()", "row 2: type is null")]
    [InlineData(
        "SELECT 'weekly' AS type, now() AS finished_at, 'b-7' AS backup_id",
        "row 1 (backup_id b-7): type \"weekly\" must be base, full, diff, incr, logical, wal or restore_test"
    )]
    [InlineData(
        "SELECT 'full' AS type, NULL::timestamptz AS finished_at",
        "row 1: finished_at (or age_seconds) is null, and the backup is done"
    )]
    [InlineData(
        "SELECT 'full' AS type, NULL::timestamptz AS finished_at, 'failed' AS state",
        "row 1: finished_at (or age_seconds) and started_at are null, and the backup failed"
    )]
    [InlineData("SELECT 'full' AS type, 'infinity'::timestamptz AS finished_at", "row 1: finished_at is infinite")]
    [InlineData("SELECT 'full' AS type, '-infinity'::timestamptz AS finished_at", "row 1: finished_at is infinite")]
    [InlineData("SELECT 'full' AS type, '20000-01-01'::timestamptz AS finished_at", "row 1: finished_at is not a time: ")]
    [InlineData("SELECT 'full' AS type, now() + interval '6 min' AS finished_at", "row 1: finished_at is in the future: ")]
    [InlineData(
        "SELECT 'full' AS type, now() AS finished_at, now() + interval '6 min' AS started_at",
        "row 1: started_at is in the future: "
    )]
    [InlineData("SELECT 'full' AS type, now() - interval '1 h' AS finished_at, now() AS started_at", "row 1: finished_at ")]
    [InlineData("SELECT 'full' AS type, -1 AS age_seconds", "row 1: age_seconds is negative: -1")]
    [InlineData("SELECT 'full' AS type, 'NaN'::float8 AS age_seconds", "row 1: age_seconds is NaN")]
    [InlineData("SELECT 'full' AS type, 'NaN'::numeric AS age_seconds", "row 1: age_seconds is not a number that can be: ")]
    [InlineData("SELECT 'full' AS type, 1e300::numeric AS age_seconds", "row 1: age_seconds is not a number that can be: ")]
    [InlineData("SELECT 'full' AS type, 1e11::float8 AS age_seconds", "row 1: age_seconds is from before 1970: ")]
    [InlineData("SELECT 'full' AS type, now() AS finished_at, -5 AS size_bytes", "row 1: size_bytes is negative: -5")]
    [InlineData("SELECT 'full' AS type, now() AS finished_at, 'ok' AS state", "row 1: state \"ok\" must be done, failed or running")]
    [InlineData("SELECT 'full' AS type, now() AS finished_at, '' AS server", "row 1 (server ): server is empty")]
    [InlineData("SELECT 1; SELECT 2", "it holds several statements, and must be one SELECT")]
    public async Task What_cannot_be_is_bad_data_with_its_column_and_row(string query, string said)
    {
        var result = await QueryAsync(query);

        Assert.Equal(FailureReason.BadData, result.Failure!.Reason);
        Assert.StartsWith("source query: " + said, result.Failure.Message, StringComparison.Ordinal);
        Assert.Empty(result.Found);
    }

    [Theory]
    [InlineData("DELETE FROM t RETURNING 'full' AS type, now() AS finished_at")]
    [InlineData("WITH d AS (DELETE FROM t RETURNING 1) SELECT 'full' AS type, now() AS finished_at FROM d")]
    [InlineData("SELECT 'full' AS type, now() AS finished_at, writes() AS size_bytes")]
    [InlineData("SELECT 1) AS b; DELETE FROM t; SELECT * FROM (SELECT 2")]
    [InlineData("COMMIT")]
    [InlineData("COPY t TO STDOUT")]
    [InlineData("SELECT 'full' AS type, nonsense AS finished_at")]
    [InlineData("SELECT 'full' AS type, now() AS finished_at, pg_sleep(60) IS NULL AS size_bytes")]
    public async Task Nothing_is_written_whatever_the_query_says(string query)
    {
        await shared.Server.ExecuteAsync(
            """
            CREATE TABLE IF NOT EXISTS t (a int); TRUNCATE t; INSERT INTO t VALUES (1);
            CREATE OR REPLACE FUNCTION writes() RETURNS int LANGUAGE sql AS 'DELETE FROM t RETURNING 1'
            """
        );

        var result = await Probe.OfAsync(
            shared.Server.ConnectionUri(),
            TimeSpan.FromSeconds(3),
            Probe.Instance with
            {
                Sources = ["query"],
            },
            new(ServerPatterns.All, query)
        );

        Assert.NotNull(result.Failure);
        Assert.Equal(1, await shared.Server.ScalarAsync<long>("SELECT count(*) FROM t"));
    }

    Task<ProbeResult> QueryAsync(string query) => Probe.OfAsync(shared.Server, ["query"], new(ServerPatterns.All, query));
}
