using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>
/// What in the catalogue is worth waking for: a size that collapsed, a chain that lost its parent, a backup that does not end.
/// </summary>
public sealed class CatalogAnomalyTests
{
    [Fact]
    public async Task The_newest_is_compared_with_the_ten_before_it()
    {
        await using var catalogue = await CatalogDatabase.CreateAsync();
        await catalogue.Database.ExecuteAsync(
            """
            INSERT INTO backup_metrics.backup_catalog (server, tool, kind, backup_id, status, finished_at, size_bytes, stored_bytes)
            SELECT 'a', 'x', 'full', i::text, 'done', now() - i * interval '1 day', CASE i WHEN 0 THEN 30 WHEN 11 THEN 1 ELSE 100 END, 1 FROM generate_series(0, 11) i
            UNION ALL SELECT 'a', 'x', 'full', 'failed', 'failed', now(), 1, 1
            UNION ALL SELECT 'b', 'pg_dump', 'logical', i::text, 'done', now() - i * interval '1 day', NULL, CASE i WHEN 0 THEN 10 ELSE 100 END FROM generate_series(0, 3) i
            UNION ALL SELECT 'c', 'x', 'full', i::text, 'done', now() - i * interval '1 day', 5, 5 FROM generate_series(0, 2) i
            """
        );

        var ratios = (await Probe.OfAsync(catalogue.Database, ["catalog"])).Found.Select(facts => Assert.Single(facts.Backups).SizeRatio);

        Assert.Equal([0.3, 0.1, null], ratios);
    }

    [Fact]
    public async Task A_chain_whose_parent_was_deleted_never_listed_lies_elsewhere_or_is_itself_is_broken()
    {
        await using var catalogue = await CatalogDatabase.CreateAsync();
        await catalogue.Database.ExecuteAsync(
            """
            INSERT INTO backup_metrics.backup_catalog (server, tool, kind, storage, backup_id, status, finished_at, parent_id, deleted_at) VALUES
            ('whole', 'pgbackrest', 'full', '1', 'F', 'done', now(), NULL, NULL),
            ('whole', 'pgbackrest', 'diff', '1', 'D', 'done', now(), 'F', NULL),
            ('whole', 'pgbackrest', 'incr', '1', 'I', 'done', now(), 'D', NULL),
            ('deleted', 'pgbackrest', 'full', '1', 'F', 'done', now(), NULL, now()),
            ('deleted', 'pgbackrest', 'incr', '1', 'I', 'done', now(), 'F', NULL),
            ('deleted', 'pgbackrest', 'incr', '1', 'J', 'done', now(), 'I', NULL),
            ('missing', 'barman', 'incr', '1', 'I', 'done', now(), 'F', NULL),
            ('elsewhere', 'pgbackrest', 'full', '1', 'F', 'done', now(), NULL, NULL),
            ('elsewhere', 'pgbackrest', 'incr', '2', 'I', 'done', now(), 'F', NULL),
            ('both', 'pgbackrest', 'full', '1', 'F', 'done', now(), NULL, NULL),
            ('both', 'pgbackrest', 'incr', '1', 'I', 'done', now(), 'F', NULL),
            ('both', 'pgbackrest', 'incr', '2', 'I', 'done', now(), 'F', NULL),
            ('both', 'pgbackrest', 'incr', '2', 'J', 'done', now(), 'I', NULL),
            ('half known', 'pgbackrest', 'incr', '1', 'I', 'done', now(), NULL, NULL),
            ('half known', 'pgbackrest', 'incr', '2', 'I', 'done', now(), 'F', NULL),
            ('itself', 'wal-g', 'incr', '1', 'I', 'done', now(), 'I', NULL),
            ('circle', 'x', 'incr', '1', 'A', 'done', now(), 'B', NULL),
            ('circle', 'x', 'incr', '1', 'B', 'done', now(), 'C', NULL),
            ('circle', 'x', 'incr', '1', 'C', 'done', now(), 'B', NULL),
            ('untold', 'barman', 'incr', '1', 'I', 'done', now(), NULL, NULL),
            ('walg', 'wal-g', 'full', '1', 'base_1', 'done', now(), NULL, NULL),
            ('walg', 'wal-g', 'incr', '1', 'base_2_D_1', 'done', now(), 'base_1', NULL),
            ('walg', 'wal-g', 'incr', '2', 'base_3_D_2', 'done', now(), 'base_2', NULL),
            ('walg', 'wal-g', 'incr', '2', 'base_5_D_4', 'done', now(), 'base_4', NULL);
            INSERT INTO backup_metrics.backup_catalog (server, tool, kind, storage, backup_id, status, finished_at, parent_id)
            SELECT 'rootless', 'wal-g', 'incr', '1', 'base_' || i || '_D_' || i - 1, 'done', now() + i * interval '1 s', CASE WHEN i = 1 THEN 'base_0' ELSE 'base_' || i - 1 || '_D_' || i - 2 END FROM generate_series(1, 14) i;
            INSERT INTO backup_metrics.backup_catalog (server, tool, kind, storage, backup_id, status, finished_at, parent_id)
            SELECT s, 'pgbackrest', CASE i WHEN 0 THEN 'full' ELSE 'incr' END, '1', i::text, CASE WHEN s = 'long' OR i > 0 THEN 'done' ELSE 'failed' END,
              now() + i * interval '1 ms', CASE WHEN i > 0 THEN (i - 1)::text END
            FROM generate_series(0, 2000) i, (VALUES ('long'), ('long and broken')) v (s)
            """
        );

        var broken = (await Probe.OfAsync(catalogue.Database, ["catalog"])).Found.ToDictionary(
            facts => facts.Name,
            facts => facts.Backups.Single(backup => backup.Type == BackupType.Incr).BrokenChains
        );

        Assert.Equal(
            new()
            {
                ["whole"] = 0,
                ["deleted"] = 2,
                ["missing"] = 1,
                ["elsewhere"] = 1,
                ["both"] = 1,
                ["half known"] = null,
                ["itself"] = 1,
                ["circle"] = 3,
                ["untold"] = null,
                ["walg"] = 2,
                ["rootless"] = 5,
                ["long"] = 0,
                ["long and broken"] = 5,
            },
            broken
        );
    }

    [Fact]
    public async Task A_backup_that_runs_is_measured_against_the_longest_before_it()
    {
        await using var catalogue = await CatalogDatabase.CreateAsync();
        await catalogue.Database.ExecuteAsync(
            """
            INSERT INTO backup_metrics.backup_catalog (server, tool, kind, backup_id, status, started_at, finished_at)
            SELECT 'a', 'x', 'full', i::text, 'done', now() - i * interval '1 day' - i * interval '1 min', now() - i * interval '1 day' FROM generate_series(1, 9) i
            UNION ALL SELECT 'a', 'x', 'full', 'running', 'running', now() - interval '3 h', NULL
            UNION ALL SELECT 'a', 'x', 'incr', 'too', 'running', now() - interval '3 h', NULL
            """
        );

        var facts = Assert.Single((await Probe.OfAsync(catalogue.Database, ["catalog"])).Found).Backups;

        Assert.Equal([TimeSpan.FromMinutes(9), null], facts.Select(backup => backup.Running!.Longest));
        Assert.Equal([new(9, 0, 1), new(0, 0, 1)], facts.Select(backup => backup.Counts));
    }
}
