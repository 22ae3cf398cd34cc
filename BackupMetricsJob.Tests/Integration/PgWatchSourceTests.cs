using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>The source "pgwatch": its two functions, and what they get wrong.</summary>
public sealed class PgWatchSourceTests(SharedPostgres shared) : IClassFixture<SharedPostgres>
{
    [Fact]
    public async Task The_age_of_pgbackrests_newest_is_a_base_backups()
    {
        var result = await ProbeAsync("get_backup_age_pgbackrest", "0, 7200, 'OK. Last backup age in seconds'");

        Assert.Null(result.Failure);
        var backup = Assert.Single(Assert.Single(result.Found).Backups);
        Assert.Equal(
            ("pgwatch", "pgbackrest", BackupType.Base, TimeSpan.FromHours(2)),
            (backup.Source, backup.Tool, backup.Type, backup.Age)
        );
        Assert.InRange((result.At - backup.LastSuccess!.Value).TotalSeconds, 7195, 7260);
    }

    [Fact]
    public async Task The_age_for_walg_is_the_oldest_and_never_a_last_success()
    {
        var result = await ProbeAsync("get_backup_age_walg", "0, 7200, 'OK. Last backup age in seconds'");

        Assert.Null(result.Failure);
        var backup = Assert.Single(Assert.Single(result.Found).Backups);
        Assert.Equal(("wal-g", null, null), (backup.Tool, backup.LastSuccess, backup.Age));
        Assert.InRange((result.At - backup.Oldest!.Value).TotalSeconds, 7195, 7260);
    }

    [Theory]
    [InlineData(
        "1, 1000000, E'Not OK. Failed on\\n\"pgbackrest info\" call'",
        "says: Not OK. Failed on \"pgbackrest info\" call (retcode 1)"
    )]
    [InlineData("0, 1000000, 'x'", "gave the age 1000000, which is its word for an error: x")]
    [InlineData("NULL, 5, NULL", "says: no message (retcode null)")]
    [InlineData("0, NULL, 'x'", "gave no age: x")]
    [InlineData("0, -5, 'x'", "gave the negative age -5")]
    [InlineData("0, 2147483647, 'x'", "gave an age from before 1970: 2147483647")]
    public async Task An_error_is_never_an_age(string row, string said)
    {
        foreach (var function in (string[])["get_backup_age_pgbackrest", "get_backup_age_walg"])
        {
            var result = await ProbeAsync(function, row);

            Assert.Equal(
                (FailureReason.BadData, $"source pgwatch: public.{function}() {said}"),
                (result.Failure!.Reason, result.Failure.Message)
            );
            Assert.Empty(Assert.Single(result.Found).Backups);
        }
    }

    [Fact]
    public async Task One_of_the_two_that_fails_leaves_the_other()
    {
        await DropAsync();
        await CreateAsync("get_backup_age_pgbackrest", "1, 1000000, 'Not OK'");
        await CreateAsync("get_backup_age_walg", "0, 60, 'OK'");

        var result = await Probe.OfAsync(shared.Server, ["pgwatch"]);

        Assert.NotNull(result.Failure);
        Assert.Equal("wal-g", Assert.Single(Assert.Single(result.Found).Backups).Tool);
    }

    [Fact]
    public async Task A_database_without_the_functions_is_told()
    {
        await DropAsync();

        Assert.StartsWith(
            "source pgwatch: there is neither a function",
            (await Probe.OfAsync(shared.Server, ["pgwatch"])).Failure!.Message,
            StringComparison.Ordinal
        );
    }

    async Task<ProbeResult> ProbeAsync(string function, string row)
    {
        await DropAsync();
        await CreateAsync(function, row);
        return await Probe.OfAsync(shared.Server, ["pgwatch"]);
    }

    Task DropAsync() => shared.Server.ExecuteAsync("DROP FUNCTION IF EXISTS get_backup_age_pgbackrest(), get_backup_age_walg()");

    // pgwatch's are in PL/Python and start the tool; their signature is this one.
    Task CreateAsync(string function, string row) =>
        shared.Server.ExecuteAsync(
            $"CREATE FUNCTION {function}(OUT retcode int, OUT backup_age_seconds int, OUT message text) LANGUAGE sql AS $f$ SELECT "
                + $"a::int, b::int, c::text FROM (SELECT {row}) AS v (a, b, c) $f$"
        );
}
