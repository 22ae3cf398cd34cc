using System.Globalization;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Catalog;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Running;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>
/// How far back a restore reaches where more full backups are kept than are compared with the archive one by one. Each has a segment of
/// its own, with the double of its number; the newest is number 40.
/// </summary>
public sealed class CatalogWindowTests
{
    static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task The_first_backup_after_a_hole_is_found_however_many_there_are(int storages)
    {
        await using var catalogue = await CatalogDatabase.CreateAsync();
        string[] names = [.. Enumerable.Range(1, storages).Select(number => string.Create(CultureInfo.InvariantCulture, $"repo{number}"))];
        await catalogue.ImportAsync([.. names.SelectMany(name => Enumerable.Range(1, 40).Select(number => Backup(number, name)))]);
        foreach (var name in names)
            await ListAsync(catalogue.Database, name, (0, 10), (12, 100));

        var windows = (await ProbeAsync(catalogue)).Windows;

        Assert.Equal(Day(6), Assert.Single(windows).Start.ToUnixTimeSeconds());
        Assert.Equal("the WAL since then is not whole: 00000001000000000000000B is missing", windows[0].WhyNotOlder);
    }

    /// <summary>Retention keeps WAL from the oldest backup on, but that one was not listed as a whole.</summary>
    [Fact]
    public async Task Where_the_listing_begins_later_the_first_backup_in_it_is_found()
    {
        await using var catalogue = await CatalogDatabase.CreateAsync();
        await catalogue.ImportAsync([.. Enumerable.Range(1, 40).Select(number => Backup(number, "repo1"))]);
        await ListAsync(catalogue.Database, "repo1", (3, 100));

        Assert.Equal(Day(2), Assert.Single((await ProbeAsync(catalogue)).Windows).Start.ToUnixTimeSeconds());
    }

    /// <summary>One archive for all storages, and a backup that is kept for ever.</summary>
    [Fact]
    public async Task A_listing_under_another_name_is_of_all_backups_and_what_is_kept_for_ever_is_left_out()
    {
        await using var catalogue = await CatalogDatabase.CreateAsync();
        await catalogue.ImportAsync([.. Enumerable.Range(1, 40).Select(number => Backup(number, "repo1"))]);
        await catalogue.Database.ExecuteAsync("UPDATE backup_metrics.backup_catalog SET keep_until = 'infinity' WHERE backup_id = '6'");
        await ListAsync(catalogue.Database, "wal", (0, 10), (12, 100));

        Assert.Equal(Day(7), Assert.Single((await ProbeAsync(catalogue)).Windows).Start.ToUnixTimeSeconds());
    }

    /// <summary>pgBackRest says which WAL a repository has: what began before it cannot be restored any more.</summary>
    [Fact]
    public async Task The_oldest_full_backup_of_a_repository_has_its_WAL_there_and_expires()
    {
        await using var catalogue = await CatalogDatabase.CreateAsync();
        Assert.Equal(0, (await CatalogStoragesTests.ImportAsync(catalogue, CatalogStoragesTests.List("repo2_behind"))).ExitCode);
        var fulls = await catalogue.Database.QueryAsync<string>(
            """
            SELECT storage || ' ' || start_wal || ' ' || extract(epoch FROM at)::bigint FROM backup_metrics.backup_catalog
            WHERE kind = 'full' ORDER BY storage, at
            """
        );
        Assert.Equal(["repo1", "repo2"], fulls.Select(full => full.Split(' ')[0]));

        async Task<IEnumerable<string>> OldestAsync() =>
            Assert
                .Single((await Probe.OfAsync(catalogue.Database, ["catalog"])).Found)
                .Storages.Select(storage => $"{storage.Name} {storage.OldestFull?.ToUnixTimeSeconds()}");

        Assert.Equal(fulls.Select(full => $"{full.Split(' ')[0]} {full.Split(' ')[2]}"), await OldestAsync());

        var (name, first, at) = (fulls[0].Split(' ')[0], fulls[0].Split(' ')[1], fulls[1].Split(' ')[2]);
        Assert.Equal("repo1", name);
        await catalogue.Database.ExecuteAsync($"UPDATE backup_metrics.backup_storage SET first_wal = '{first}' WHERE storage = 'repo1'");
        Assert.DoesNotContain("repo1 ", await OldestAsync());
        await catalogue.Database.ExecuteAsync(
            "UPDATE backup_metrics.backup_storage SET first_wal = '0000000100000000000000FF' WHERE storage = 'repo1'"
        );
        Assert.Equal(["repo1 ", $"repo2 {at}"], await OldestAsync());
        await catalogue.Database.ExecuteAsync("UPDATE backup_metrics.backup_catalog SET keep_until = 'infinity' WHERE storage = 'repo2'");
        Assert.Equal(["repo1 ", "repo2 "], await OldestAsync());
    }

    static long Day(int number) => Now.AddDays(number - 41).ToUnixTimeSeconds();

    static CatalogRow Backup(int number, string storage) =>
        new("orders", "wal-g", BackupType.Full, number.ToString(CultureInfo.InvariantCulture), BackupStatus.Done)
        {
            Storage = storage,
            Started = Now.AddDays(number - 41).AddHours(-1),
            Finished = DateTimeOffset.FromUnixTimeSeconds(Day(number)),
            StartWal = SegmentName.Format(1, number * 2),
            StopWal = SegmentName.Format(1, number * 2),
        };

    static async Task ListAsync(PostgresDatabase database, string storage, params (long First, long Last)[] ranges)
    {
        await database.ExecuteAsync(
            $"""
            INSERT INTO backup_metrics.archive_listing (server, storage, listed_at, imported_at, segment_size)
            VALUES ('orders', '{storage}', now(), now(), 16777216)
            """
        );
        foreach (var (first, last) in ranges)
            await database.ExecuteAsync(
                $"""
                INSERT INTO backup_metrics.archive_range (server, storage, kind, timeline, first_segment, last_segment, newest_at)
                VALUES ('orders', '{storage}', 'segments', 1, {first}, {last}, now())
                """
            );
    }

    static async Task<ProbeResult> ProbeAsync(CatalogDatabase catalogue)
    {
        var probe = await Probe.OfAsync(catalogue.Database, ["catalog"]);
        Assert.Empty(probe.SourceFailures.Select(failure => failure.Failure.Message));
        MonitoredTarget target = new(null, Probe.Instance with { Sources = ["catalog"] }, SourceSettings.Default);
        return InstanceResults.Collect([probe], [target], []).Single(result => result.Instance.Name == "orders");
    }
}
