using System.Globalization;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Catalog;
using Npgsql;
using static BackupMetricsJob.Tests.Integration.CatalogDatabase;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>The catalogue says what the tool says now, and nothing is written that need not be.</summary>
public sealed class CatalogImportTests
{
    [Fact]
    public async Task The_same_list_again_changes_no_row_and_writes_none()
    {
        await using var catalogue = await CreateAsync();

        Assert.Equal("3 new, 0 changed, 0 gone, 0 unchanged", Told(await catalogue.ImportAsync(Backup(1), Backup(2), Backup(3))));
        var first = await catalogue.RowsAsync(withTransaction: true);
        Assert.Equal("0 new, 0 changed, 0 gone, 3 unchanged", Told(await catalogue.ImportAsync(Backup(1), Backup(2), Backup(3))));

        Assert.Equal(first, await catalogue.RowsAsync(withTransaction: true));
        Assert.Equal(3, first.Count);
        // Not even locked: that would write pages, too.
        Assert.Equal(3, await catalogue.Database.ScalarAsync<long>("SELECT count(*) FROM backup_metrics.backup_catalog WHERE xmax = 0"));
    }

    [Fact]
    public async Task What_is_new_changed_gone_and_back_again_is_seen_and_the_rest_left_alone()
    {
        await using var catalogue = await CreateAsync();
        await catalogue.ImportAsync(Backup(1), Backup(2), Backup(3));
        var before = await catalogue.RowsAsync(withTransaction: true);

        Assert.Equal(
            "1 new, 1 changed, 1 gone, 1 unchanged",
            Told(await catalogue.ImportAsync(Backup(2), Backup(3) with { SizeBytes = 5 }, Backup(4)))
        );
        Assert.Equal(
            ["orders base_001 done gone", "orders base_002 done", "orders base_003 done", "orders base_004 done"],
            await catalogue.RowsAsync()
        );
        Assert.Equal(before[1], (await catalogue.RowsAsync(withTransaction: true))[1]);
        Assert.Equal(
            5,
            await catalogue.Database.ScalarAsync<long>("SELECT size_bytes FROM backup_metrics.backup_catalog WHERE backup_id = 'base_003'")
        );

        Assert.Equal("0 new, 1 changed, 2 gone, 1 unchanged", Told(await catalogue.ImportAsync(Backup(1), Backup(2))));
        Assert.Equal(
            ["orders base_001 done", "orders base_002 done", "orders base_003 done gone", "orders base_004 done gone"],
            await catalogue.RowsAsync()
        );
        var (kept, counted) = await catalogue.CountsAsync();
        Assert.Equal(["orders wal-g full done 2"], kept);
        Assert.Equal(counted, kept);
    }

    [Fact]
    public async Task Every_column_arrives_as_it_was_listed()
    {
        await using var catalogue = await CreateAsync();
        var row = Backup(1) with
        {
            Type = BackupType.Incr,
            Storage = "b2",
            Finished = Night.AddDays(1).AddHours(1).AddMicroseconds(123456),
            StoredBytes = long.MaxValue,
            ParentId = "base_000",
            StartLsn = 0xFFFFFFFF_FFFFFFF0,
            StopLsn = 0x1_0000002A,
            StartWal = "0000000A00000001000000FF",
            StopWal = "0000000A0000000200000000",
            Timeline = 10,
            PgVersionNumber = 180001,
            SystemIdentifier = ulong.MaxValue,
            Database = "o'rders\n\"x\"",
            HasErrors = true,
            Error = "späte Prüfsumme",
            KeepUntil = DateTimeOffset.MaxValue,
            Raw = """{"a": "\\u0000 is no NUL", "b": [1, null]}""",
        };

        Assert.Equal("1 new, 0 changed, 0 gone, 0 unchanged", Told(await catalogue.ImportAsync(row)));

        var stored = await catalogue.Database.ScalarAsync<string>(
            """
            SELECT concat_ws('|', server, tool, kind, storage, backup_id, status, extract(epoch FROM started_at)::bigint, finished_at AT TIME ZONE 'UTC', size_bytes, stored_bytes,
              parent_id, start_lsn, stop_lsn, start_wal, stop_wal, timeline, pg_version_num, system_identifier, database, has_errors, error, keep_until, deleted_at, raw, at = finished_at)
            FROM backup_metrics.backup_catalog
            """
        );
        Assert.Equal(
            string.Create(
                CultureInfo.InvariantCulture,
                $"orders|wal-g|incr|b2|base_001|done|{Night.AddDays(1).ToUnixTimeSeconds()}|2026-11-21 "
                    + $"04:00:00.123456|1001|9223372036854775807|"
            )
                + "base_000|FFFFFFFF/FFFFFFF0|1/2A|0000000A00000001000000FF|0000000A0000000200000000|"
                + "10|180001|18446744073709551615|o'rders\n\"x\"|t|späte Prüfsumme|infinity|"
                + """{"a": "\\u0000 is no NUL", "b": [1, null]}|t""",
            stored
        );
        Assert.Equal("0 new, 0 changed, 0 gone, 1 unchanged", Told(await catalogue.ImportAsync(row)));
    }

    [Fact]
    public async Task An_empty_list_takes_nothing_away_unless_that_is_said()
    {
        await using var catalogue = await CreateAsync();
        await catalogue.ImportAsync(List("orders", Backup(1), Backup(2)).Concat(List("billing", Backup(1, "billing"))));

        // The list of billing is fine, but nothing at all is written.
        var refused = await catalogue.ImportAsync(List("billing", Backup(2, "billing")).Concat(List("orders")));

        Assert.Equal(
            "Input: the list of \"orders\" is empty, but the catalogue has 2 backups of this server: nothing was written. "
                + "If they are really gone, "
                + "use --allow-empty",
            Told(refused)
        );
        Assert.Equal(["billing base_001 done", "orders base_001 done", "orders base_002 done"], await catalogue.RowsAsync());
        Assert.Equal("0 new, 0 changed, 2 gone, 0 unchanged", Told(await catalogue.ImportAsync(List("orders"), allowEmpty: true)));
        Assert.Equal("0 new, 0 changed, 0 gone, 0 unchanged", Told(await catalogue.ImportAsync(List("orders"))));
        Assert.Equal("0 new, 0 changed, 0 gone, 0 unchanged", Told(await catalogue.ImportAsync(List("never backed up"))));
        Assert.StartsWith(
            "Input: the list of wal-g has no backups and names no server",
            Told(await catalogue.ImportAsync(Array.Empty<ListingItem>())),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_tool_that_cannot_say_is_a_failure_of_the_source_and_leaves_its_backups()
    {
        await using var catalogue = await CreateAsync();
        await catalogue.ImportAsync(Backup(1), Backup(2));
        var good = await Source();

        // One of two repositories answered: what it lists is there, what it does not list is not gone.
        var result = await catalogue.ImportAsync([
            new ListingItem.Backup(Backup(2)),
            new ListingItem.Backup(Backup(3)),
            new ListingItem.CompleteServer("orders", "repo2: unable to\0 open"),
        ]);

        Assert.Equal("1 new, 0 changed, 0 gone, 1 unchanged", Told(result));
        Assert.Equal([("orders", "repo2: unable to\uFFFD open")], result.Errors);
        Assert.Equal(["orders base_001 done", "orders base_002 done", "orders base_003 done"], await catalogue.RowsAsync());
        var bad = await Source();
        Assert.Equal((good.Succeeded, "repo2: unable to\uFFFD open"), (bad.Succeeded, bad.Error));
        Assert.True(bad.Imported > good.Imported);
        Assert.Equal((good.Imported, null), (good.Succeeded, good.Error));

        await catalogue.ImportAsync(Backup(1), Backup(2));
        var mended = await Source();
        Assert.Equal((mended.Imported, null), (mended.Succeeded, mended.Error));

        async Task<(DateTime Imported, DateTime? Succeeded, string? Error)> Source() =>
            Assert.Single(
                await catalogue.Database.QueryAsync(
                    "SELECT imported_at, succeeded_at, error FROM backup_metrics.backup_source WHERE server = 'orders' AND tool = 'wal-g'",
                    row =>
                        (
                            row.GetDateTime(0),
                            row.IsDBNull(1) ? (DateTime?)null : row.GetDateTime(1),
                            row.IsDBNull(2) ? null : row.GetString(2)
                        )
                )
            );
    }

    [Fact]
    public async Task A_summary_after_the_details_unlearns_nothing_and_rewrites_nothing()
    {
        await using var catalogue = await CreateAsync();
        var details = new CatalogRow("orders", "barman", BackupType.Full, "20261120T030000", BackupStatus.Done)
        {
            Started = Night.AddMilliseconds(100),
            Finished = Night.AddMilliseconds(900),
            SizeBytes = 40,
            StoredBytes = 17,
            StartLsn = 28,
            StopWal = "000000010000000000000065",
            Timeline = 1,
            Raw = """{"base_backup_information": {}}""",
        };
        // As `barman list-backups` has it: no start, the end in whole seconds, a size with WAL in it.
        var summary = new CatalogRow("orders", "barman", BackupType.Full, "20261120T030000", BackupStatus.Done)
        {
            Finished = Night,
            SizeBytes = 57,
            Raw = """{"size": "57 B"}""",
        };
        var listed = new ListingItem.Backup(details);
        Assert.Equal("1 new, 0 changed, 0 gone, 0 unchanged", Told(await catalogue.ImportAsync(List("orders", summary), "barman")));
        Assert.Equal("0 new, 1 changed, 0 gone, 0 unchanged", Told(await catalogue.ImportAsync([listed], "barman")));
        var known = await catalogue.RowsAsync(withTransaction: true);
        Assert.Equal("0 new, 0 changed, 0 gone, 1 unchanged", Told(await catalogue.ImportAsync(List("orders", summary), "barman")));
        Assert.Equal("0 new, 0 changed, 0 gone, 1 unchanged", Told(await catalogue.ImportAsync([listed], "barman")));

        Assert.Equal(known, await catalogue.RowsAsync(withTransaction: true));
        Assert.Equal(
            "40 17",
            await catalogue.Database.ScalarAsync<string>("SELECT size_bytes || ' ' || stored_bytes FROM backup_metrics.backup_catalog")
        );
    }

    [Fact]
    public async Task What_ends_otherwise_than_it_was_is_followed()
    {
        await using var catalogue = await CreateAsync();
        var running = new CatalogRow("orders", "wal-g", BackupType.Full, "base_001", BackupStatus.Running);
        await catalogue.ImportAsync(running);
        await catalogue.ImportAsync(
            running with
            {
                Status = BackupStatus.Failed,
                Started = Night,
                Error = "no space left",
                KeepUntil = Night,
            }
        );
        Assert.Equal("no space left 2026-11-20 03:00:00", await Error());

        await catalogue.ImportAsync(Backup(1));

        Assert.Equal(["orders base_001 done"], await catalogue.RowsAsync());
        Assert.Equal("", await Error());
        Assert.Equal(["orders wal-g full done 1"], (await catalogue.CountsAsync()).Kept);

        Task<string> Error() =>
            catalogue.Database.ScalarAsync<string>(
                "SELECT concat_ws(' ', error, keep_until AT TIME ZONE 'UTC') FROM backup_metrics.backup_catalog"
            );
    }

    [Fact]
    public async Task What_nobody_lists_is_not_gone_from_a_list()
    {
        await using var catalogue = await CreateAsync();
        await catalogue.ImportAsync(Backup(1));
        await catalogue.Database.ExecuteAsync(
            """
            INSERT INTO backup_metrics.backup_catalog (server, tool, kind, backup_id, status, finished_at) VALUES
              ('orders', 'wal-g', 'full', 'recorded-failure', 'failed', now()), ('orders', 'wal-g', 'wal', '000000010000000000000001', 'done', now()),
              ('orders', 'wal-g', 'restore_test', 'test', 'done', now())
            """
        );

        Assert.Equal("0 new, 0 changed, 1 gone, 0 unchanged", Told(await catalogue.ImportAsync(List("orders"), allowEmpty: true)));

        Assert.Equal(3, (await catalogue.RowsAsync()).Count(row => !row.EndsWith("gone", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_row_that_somebody_writes_at_the_same_moment_is_a_known_one()
    {
        await using var catalogue = await CreateAsync();
        await using var other = await catalogue.Database.OpenAsync();
        await using var writes = await other.BeginTransactionAsync();
        await using var row = new NpgsqlCommand(
            """
            INSERT INTO backup_metrics.backup_catalog (server, tool, kind, backup_id, status, finished_at)
            VALUES ('orders', 'wal-g', 'full', 'base_001', 'done', now())
            """,
            other
        );
        await row.ExecuteNonQueryAsync();

        var import = catalogue.ImportAsync(Backup(1), Backup(2));
        await catalogue.Database.WaitForAsync(
            "the import to wait for that row",
            "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event = 'transactionid' AND datname = current_database()"
        );
        await writes.CommitAsync();

        Assert.Equal("1 new, 1 changed, 0 gone, 0 unchanged", Told(await import));
        Assert.Equal(["orders base_001 done", "orders base_002 done"], await catalogue.RowsAsync());
    }

    [Fact]
    public async Task A_long_list_is_merged_in_time_though_the_planner_knows_nothing_of_its_tool()
    {
        await using var catalogue = await CreateAsync();
        await catalogue.Database.ExecuteAsync("ALTER TABLE backup_metrics.backup_catalog SET (autovacuum_enabled = off)");
        await catalogue.ImportAsync(
            List("billing", [.. Enumerable.Range(1, 40_000).Select(number => Backup(1, "billing") with { BackupId = $"base_{number}" })])
        );
        await catalogue.Database.ExecuteAsync("ANALYZE backup_metrics.backup_catalog");

        // As the planner knows it now, every backup is wal-g's. Each of the list with each of the catalogue would be 1.6 thousand million
        // pairs.
        var rows = Enumerable
            .Range(1, 40_000)
            .Select(number => Backup(1) with { Tool = "pgbackrest", Storage = "repo1", BackupId = $"{number:00000}" })
            .ToArray();
        Assert.Equal("40000 new, 0 changed, 0 gone, 0 unchanged", Told(await catalogue.ImportAsync(List("orders", rows), "pgbackrest")));
        Assert.Equal("0 new, 0 changed, 0 gone, 40000 unchanged", Told(await catalogue.ImportAsync(List("orders", rows), "pgbackrest")));
    }
}
