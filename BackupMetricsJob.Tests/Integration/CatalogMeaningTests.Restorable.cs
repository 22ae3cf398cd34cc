using BackupMetricsJob.Backups;
using BackupMetricsJob.Tests.Catalog.Import;
using static BackupMetricsJob.Tests.Integration.CatalogDatabase;

namespace BackupMetricsJob.Tests.Integration;

// What can be restored: chains, the recovery window, replay, sizes.
public sealed partial class CatalogMeaningTests
{
    [Theory]
    [InlineData("g-2st-s2nofull", 0, 1)]
    [InlineData("g-self-nofull", 2, 2)]
    public async Task Chains_that_lost_their_full_are_broken(string file, long broken, long inOneStorage)
    {
        await using var catalogue = await CreateAsync();
        await catalogue.ImportAsync(Now(await Reading.Meaning("wal-g", file, "2026-11-29T16:00:00", "orders")));

        var facts = Assert.Single((await Probe.OfAsync(catalogue.Database, ["catalog"])).Found);

        Assert.Equal(broken, facts.Backups.Single(backup => backup.Type == BackupType.Incr).BrokenChains);
        Assert.Equal(
            inOneStorage,
            await catalogue.Database.ScalarAsync<long>("SELECT count(*) FROM backup_metrics.backup_chain WHERE is_broken")
        );
    }

    [Fact]
    public async Task A_backup_that_is_kept_for_ever_is_not_where_the_recovery_window_starts()
    {
        await using var catalogue = await CreateAsync();
        await catalogue.ImportAsync(Now(await Reading.Meaning("wal-g", "g-perm", "2026-11-29T16:00:00", "orders")));

        var full = Assert.Single(Assert.Single((await Probe.OfAsync(catalogue.Database, ["catalog"])).Found).Backups);

        Assert.InRange((DateTimeOffset.UtcNow - full.Oldest!.Value).TotalDays, 5, 8);
        Assert.True(full.Counts!.Done > 7);
        Assert.Null(full.LastHasErrors);
    }

    /// <summary>
    /// Forty nightly full backups, each with the segment of its number, the last one today. Of those before the 11th, only the oldest is
    /// looked at.
    /// </summary>
    [Fact]
    public async Task The_recovery_window_starts_behind_the_last_hole_of_the_archive()
    {
        await using var catalogue = await CreateAsync();
        await catalogue.Database.ExecuteAsync(
            """
            INSERT INTO backup_metrics.backup_catalog
              (server, tool, kind, backup_id, status, started_at, finished_at, start_wal, stop_wal, timeline, keep_until)
            SELECT server, 'wal-g', 'full', 'base_' || n, 'done', now() - (40 - n) * interval '1 day' - interval '2 h',
                   now() - (40 - n) * interval '1 day' - interval '1 h',
                   '00000001000000000000' || upper(lpad(to_hex(n), 4, '0')), '00000001000000000000' || upper(lpad(to_hex(n), 4, '0')), 1,
                   CASE WHEN n = 1 AND server = 'kept' THEN 'infinity'::timestamptz END
            FROM generate_series(1, 40) n, unnest(ARRAY['whole', 'kept', 'holed', 'expired', 'holed-long-ago']) server;
            INSERT INTO backup_metrics.archive_listing (server, storage, listed_at, imported_at, segment_size)
            SELECT DISTINCT server, 'default', now(), now(), 16777216 FROM backup_metrics.backup_catalog;
            INSERT INTO backup_metrics.archive_range (server, storage, kind, timeline, first_segment, last_segment, newest_at)
            SELECT server, 'default', 'segments', 1, first, last, now() FROM (VALUES
              ('whole', 1, 50), ('kept', 1, 50), ('holed', 1, 20), ('holed', 22, 50), ('expired', 30, 50),
              ('holed-long-ago', 1, 4), ('holed-long-ago', 6, 50)) range (server, first, last)
            """
        );

        var samples = await CatalogStoragesTests.RunAsync(catalogue, "--window", "28d");

        Assert.Equal(
            [("expired", 30), ("holed", 22), ("holed-long-ago", 6), ("kept", 2), ("whole", 1)],
            samples
                .Where(sample => sample.Key.StartsWith("postgres_recovery_window_start_timestamp_seconds{", StringComparison.Ordinal))
                .Select(sample =>
                    (
                        sample.Key.Split('"')[1],
                        40 - (int)(TimeSpan.FromSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - sample.Value).TotalDays)
                    )
                )
                .Order()
        );
        // The few newest are those whose own WAL is counted.
        Assert.All(
            samples.Where(sample => sample.Key.StartsWith("postgres_backup_wal_missing{", StringComparison.Ordinal)),
            sample => Assert.Equal(0, sample.Value)
        );
    }

    [Fact]
    public async Task Replay_begins_at_the_newest_backup_that_can_be_restored()
    {
        await using var catalogue = await CreateAsync();
        await catalogue.Database.ExecuteAsync(
            """
            INSERT INTO backup_metrics.backup_catalog (server, tool, kind, backup_id, status, finished_at, parent_id, start_lsn, stop_lsn) VALUES
            ('a', 'x', 'full', 'F', 'done', now() - interval '9 h', NULL, '0/1000', '0/2000'),
            ('a', 'x', 'incr', 'I', 'done', now() - interval '2 h', 'F', '0/5000', '0/6000'),
            ('a', 'x', 'wal', 'W', 'done', now() - interval '1 h', NULL, '0/8000', '0/9000'),
            ('b', 'x', 'full', 'F', 'done', now() - interval '9 h', NULL, '0/1000', '0/2000'),
            ('b', 'x', 'incr', 'I', 'done', now() - interval '2 h', 'gone', '0/5000', '0/6000'),
            ('b', 'x', 'wal', 'W', 'done', now() - interval '1 h', NULL, '0/8000', '0/9000')
            """
        );

        var found = (await Probe.OfAsync(catalogue.Database, ["catalog"])).Found;

        Assert.Equal([0x4000L, 0x8000L], found.Select(facts => RecoveryPoint.ReplayBytes(null, facts.Backups)));
    }

    [Fact]
    public async Task Sizes_that_do_not_mean_the_same_are_not_compared()
    {
        await using var catalogue = await CreateAsync();
        await catalogue.Database.ExecuteAsync(
            """
            INSERT INTO backup_metrics.backup_catalog (server, tool, kind, backup_id, status, finished_at, size_bytes, comparable)
            SELECT 'newest', 'x', 'full', i::text, 'done', now() - i * interval '1 day', CASE i WHEN 0 THEN 1 ELSE 100 END, i > 0 FROM generate_series(0, 5) i
            UNION ALL
            SELECT 'others', 'x', 'full', i::text, 'done', now() - i * interval '1 day', CASE i % 2 WHEN 0 THEN 50 ELSE 100 END, i % 2 = 0 FROM generate_series(0, 8) i
            """
        );

        var found = (await Probe.OfAsync(catalogue.Database, ["catalog"])).Found;

        Assert.Equal([null, 1d], found.Select(facts => Assert.Single(facts.Backups).SizeRatio));
    }
}
