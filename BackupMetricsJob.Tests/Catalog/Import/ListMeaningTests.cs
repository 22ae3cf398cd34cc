using BackupMetricsJob.Backups;
using BackupMetricsJob.Catalog;

namespace BackupMetricsJob.Tests.Catalog.Import;

/// <summary>What real lists are taken for: read right is not understood right.</summary>
public class ListMeaningTests
{
    [Fact]
    public async Task A_stanza_is_of_its_newest_database_and_its_older_backups_of_another()
    {
        var items = await Reading.Meaning("pgbackrest", "up1", "2026-11-29T16:00:00");

        var list = items.OfType<ListingItem.CompleteServer>().Single();
        Assert.Equal(new Cluster(7713606968237024567, 150000), list.Cluster);
        Assert.Equal([7713606402157670472], list.Earlier);
        Assert.All(items.OfType<ListingItem.Backup>(), backup => Assert.Equal(7713606402157670472ul, backup.Row.SystemIdentifier));
    }

    [Theory]
    [InlineData("r1", "default repo1", false)]
    [InlineData("r2", "default repo2", true)]
    public async Task A_list_of_one_repository_covers_that_one_and_may_lack_kinds_if_it_has_one(string file, string storages, bool mayLack)
    {
        var list = (await Reading.Meaning("pgbackrest", file, "2026-11-29T16:00:00")).OfType<ListingItem.CompleteServer>().Single();
        Assert.Equal(("orders", storages, mayLack), (list.Name, string.Join(' ', list.Storages!), list.MayLackTypes));
    }

    [Fact]
    public async Task A_stanza_that_is_locked_runs_a_backup()
    {
        var rows = await Reading.Rows("pgbackrest", Reading.Fixture("pgbackrest/info_20_lock_held.json"));
        var running = Assert.Single(rows, row => row.Status == BackupStatus.Running);
        Assert.Equal((BackupType.Base, Reading.Noon, "default"), (running.Type, running.Started, running.Storage));
    }

    [Theory]
    [InlineData("pgbackrest", """[{"name":"db","status":{"code":0,"message":"ok"},"backup":[],"db":[]}]""")]
    [InlineData("barman", """{"db":[]}""")]
    [InlineData("pghoard", """{"basebackups":[]}""")]
    [InlineData("wal-g", "[]")]
    public async Task The_one_server_of_a_list_is_called_as_the_user_says(string tool, string text) =>
        Assert.Equal([("new", null)], await Reading.Servers(tool, text, Reading.Options("new")));

    [Fact]
    public async Task Backups_of_a_renamed_stanza_are_of_the_new_name() =>
        Assert.All(
            await Reading.Meaning("pgbackrest", "pgoB", "2026-11-29T16:00:00", "new"),
            item => Assert.Equal("new", item is ListingItem.Backup backup ? backup.Row.Server : ((ListingItem.CompleteServer)item).Name)
        );

    [Theory]
    [InlineData("wal-g", "[{\"backup_name\":\"base_1\",\"time\":\"2027-11-22T08:00:00Z\"},#]", "base_1", "in the future")]
    [InlineData("wal-g", "[#,{\"backup_name\":\"base_2\",\"time\":\"yesterday\"}]", "base_2", "is no time")]
    [InlineData("wal-g", "[#,{\"time\":\"2026-11-22T08:00:00Z\"}]", null, "a name is missing here")]
    [InlineData(
        "wal-g",
        "[{\"backup_name\":\"base_3\",\"time\":\"2026-11-22T08:00:00Z\",\"start_lsn\":\"here\"},#]",
        "base_3",
        "a whole number"
    )]
    [InlineData("wal-g", "[{\"backup_name\":\"base_4\",\"time\":\"2026-11-22T08:00:00Z\",\"x\":{\"a\":1,\"a\":2}},#]", "base_4", "twice")]
    public async Task One_bad_record_is_skipped_and_the_others_are_read(string tool, string text, string? skippedId, string problem)
    {
        const string Good = "{\"backup_name\":\"base_9\",\"time\":\"2026-11-22T08:00:00Z\"}";

        var items = await Reading.Of(tool, text.Replace("#", Good, StringComparison.Ordinal));

        Assert.Equal("base_9", items.OfType<ListingItem.Backup>().Single().Row.BackupId);
        var skipped = items.OfType<ListingItem.Skipped>().Single();
        Assert.Equal(("db1", skippedId), (skipped.OfServer, skipped.BackupId));
        Assert.Contains(problem, skipped.Problem, StringComparison.Ordinal);
        Assert.Equal("db1", items.OfType<ListingItem.CompleteServer>().Single().Name);
    }

    [Theory]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("deep")]
    public async Task What_a_user_gave_wal_g_keeps_no_backup_out(string userData)
    {
        var deep = new string('[', 5000) + new string(']', 5000);
        var row = await Reading.Row(
            "wal-g",
            $$"""[{"backup_name":"base_1","time":"2026-11-22T08:00:00Z","user_data":{{(userData == "deep" ? deep : userData)}},"hostname":"h"}]"""
        );
        Assert.Equal("""{"backup_name":"base_1","time":"2026-11-22T08:00:00Z","hostname":"h"}""", row.Raw);
    }

    [Fact]
    public async Task A_position_may_be_a_number_or_as_PostgreSQL_writes_it()
    {
        var row = await Reading.Row(
            "wal-g",
            """[{"backup_name":"base_1","time":"2026-11-22T08:00:00Z","start_lsn":"1/2B000028","finish_lsn":5020582144}]"""
        );
        Assert.Equal((0x1_2B000028ul, 5020582144ul), (row.StartLsn, row.StopLsn));
    }

    [Fact]
    public async Task A_list_without_detail_has_the_times_of_objects()
    {
        var rows = (await Reading.Meaning("wal-g", "nodetail-copied", "2026-11-29T16:00:00", "db1")).OfType<ListingItem.Backup>().ToList();
        Assert.All(rows, backup => Assert.Equal((true, null), (backup.Row.TimeIsOfObject, backup.Row.Started)));
        Assert.All(await Reading.Rows("wal-g", Reading.Fixture("walg/backup_list_detail.json")), row => Assert.False(row.TimeIsOfObject));
    }

    [Fact]
    public async Task Barman_waits_for_WAL_that_never_comes_and_a_killed_backup_does_not_run()
    {
        var rows = (await Reading.Meaning("barman", "waiting", "2026-11-29T17:00:00"))
            .OfType<ListingItem.Backup>()
            .Select(backup => backup.Row);
        Assert.Equal(
            [
                ("20261129T151224", BackupStatus.Waiting, null),
                ("20261129T150926", BackupStatus.Failed, "it never ended, and a newer backup was begun: it was killed"),
                ("20261129T150821", BackupStatus.Done, null),
            ],
            rows.Select(row => (row.BackupId, row.Status, row.Error))
        );
    }

    [Theory]
    [InlineData("2026-11-25T08:26:32", BackupStatus.Running)]
    [InlineData("2026-11-25T08:26:33", BackupStatus.Failed)]
    public async Task A_backup_that_was_begun_three_days_ago_does_not_run(string now, object status) =>
        Assert.Equal(
            (BackupStatus)status,
            (
                await Reading.Row(
                    "barman",
                    """{"a":[{"backup_id":"20261122T082632","status":"STARTED"}]}""",
                    Reading.Options(now: Reading.Utc(now))
                )
            ).Status
        );

    [Theory]
    [InlineData("tz1", "2026-11-29T15:29:47")] // Barman's host in Berlin, the server in New York
    [InlineData("tz4", "2026-11-29T15:31:29")] // Barman's host in UTC, the server in Kolkata
    public async Task A_failed_backup_has_the_time_of_Barmans_host_not_of_the_server(string file, string began)
    {
        var rows = (await Reading.Meaning("barman", file, "2026-11-29T15:35:00")).OfType<ListingItem.Backup>().Select(backup => backup.Row);
        Assert.Equal(Reading.Utc(began), rows.Single(row => row.Status == BackupStatus.Failed).Started);
    }

    [Fact]
    public async Task A_zone_that_the_user_gave_is_not_doubted()
    {
        var text = Reading.Fixture("barman/meaning/tz4.json");
        var options = Reading.Options(zone: "America/New_York", now: Reading.Utc("2026-11-29T23:00:00")) with { ZoneIsGiven = true };
        Assert.Equal(Reading.Utc("2026-11-29T20:31:29"), (await Reading.Rows("barman", text, options))[0].Started);
    }

    [Theory]
    [InlineData("tiny1")]
    [InlineData("tiny2")]
    public async Task Sizes_with_WAL_in_them_are_stored_bytes_that_nothing_is_compared_with(string file)
    {
        var rows = (await Reading.Meaning("barman", file, "2026-11-29T15:20:00"))
            .OfType<ListingItem.Backup>()
            .Select(backup => backup.Row)
            .ToList();
        Assert.All(rows, row => Assert.Equal((null, false), (row.SizeBytes, row.SizesAreComparable)));
        Assert.Equal(40136916, rows.Single(row => row.BackupId == "20261129T151440").StoredBytes);
    }

    [Theory]
    [InlineData("\"snapshots_info\":{\"provider\":\"gcp\"},", 1024, 1024, null, null, false)] // the label alone
    [InlineData("", 10000000, 10000000, null, 10000000L, false)] // perhaps compressed
    [InlineData("", 10000000, 2000000, 10000000L, 2000000L, true)] // linked by rsync
    public async Task What_show_backup_says_before_3_11_of_sizes(
        string more,
        long onDisk,
        long stored,
        long? size,
        long? kept,
        bool comparable
    )
    {
        var row = await Reading.Row(
            "barman",
            $$"""
            {"main":{"backup_id":"20261122T101500",{{more}}"status":"DONE","base_backup_information":{"disk_usage_bytes":{{onDisk}},
              "incremental_size_bytes":{{stored}},"end_time_timestamp":"1795338906"} } }
            """
        );
        Assert.Equal((size, kept, comparable), (row.SizeBytes, row.StoredBytes, row.SizesAreComparable));
    }

    [Fact]
    public async Task A_passive_Barman_has_not_all_backups()
    {
        var list = (await Reading.Meaning("barman", "passive", "2026-11-29T16:00:00")).OfType<ListingItem.CompleteServer>().Single();
        Assert.Equal([], list.Storages!);
        Assert.Null((await Reading.Meaning("barman", "t3", "2026-11-29T16:00:00")).OfType<ListingItem.CompleteServer>().Single().Storages);
    }

    [Fact]
    public async Task Barman_cloud_lists_backups_of_the_server_that_they_name()
    {
        var items = await Reading.Meaning("barman", "cloud", "2026-11-29T16:00:00");

        Assert.Equal(
            new CatalogRow("cloud", "barman", BackupType.Full, "20251013T120726", BackupStatus.Done)
            {
                Started = Reading.Utc("2025-10-13T12:07:26"),
                Finished = Reading.Utc("2025-10-13T12:07:43"),
                SizesAreComparable = false,
                StartLsn = 0x6000028,
                StopLsn = 0x6000138,
                StartWal = "000000010000000000000006",
                StopWal = "000000010000000000000006",
                Timeline = 1,
                PgVersionNumber = 170006,
                SystemIdentifier = 7555589405923659798,
            },
            items.OfType<ListingItem.Backup>().Single().Row with
            {
                Raw = null,
            }
        );
        Assert.Equal("cloud", items.OfType<ListingItem.CompleteServer>().Single().Name);
        var named = await Reading.Meaning("barman", "cloud", "2026-11-29T16:00:00", "orders");
        Assert.Equal("orders", named.OfType<ListingItem.CompleteServer>().Single().Name);
    }

    [Fact]
    public async Task Barman_cloud_names_times_with_zones_and_parents()
    {
        var rows = await Reading.Rows(
            "barman",
            """
            {"backups_list":[{"backup_id":"20261122T090000","server_name":"pg","status":"DONE","parent_backup_id":"20261121T090000",
              "begin_time":"Sun Nov 22 10:00:00 2026","begin_time_iso":"2026-11-22T10:00:00+01:00","end_time":"Sun Nov 22 10:05:00 2026",
              "end_time_iso":"2026-11-22T10:05:00+01:00","systemid":null,"version":null},
             {"backup_id":"20261122T080000","server_name":"pg","status":"FAILED","begin_time":"Sun Nov 22 08:00:00 2026","end_time":null}]}
            """
        );
        Assert.Equal(
            (BackupType.Incr, "20261121T090000", Reading.Utc("2026-11-22T09:05:00")),
            (rows[0].Type, rows[0].ParentId, rows[0].Finished)
        );
        Assert.Equal((BackupStatus.Failed, Reading.Utc("2026-11-22T08:00:00")), (rows[1].Status, rows[1].Started));
        Assert.Contains("name it with --server", await Reading.Refusal("barman", """{"backups_list":[]}"""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_renamed_pghoard_site_has_the_backups_of_its_old_name()
    {
        var items = await Reading.Meaning("pghoard", "p-moved", "2026-11-29T16:00:00");
        Assert.Equal(["example-site", "example-site"], items.OfType<ListingItem.Backup>().Select(backup => backup.Row.Server));
        var list = items.OfType<ListingItem.CompleteServer>().Single();
        Assert.Equal(("example-site", "old-site"), (list.Name, list.FormerNames.Single()));
        // A user who says whose list it is may have two sites of one name: nothing moved.
        var named = await Reading.Meaning("pghoard", "p-moved", "2026-11-29T16:00:00", "orders");
        Assert.Empty(named.OfType<ListingItem.CompleteServer>().Single().FormerNames);
    }

    [Theory]
    [InlineData("stream_20261122T080000Z\",\"binlog_start\":\"x", "MySQL")]
    [InlineData("stream_20261122T080000Z", "MySQL, MongoDB or Redis")]
    [InlineData("binary_2026-11-22T08-00-00Z", "MongoDB")]
    [InlineData("backup_20261122T080000Z", "Greenplum")]
    public async Task Lists_of_other_databases_are_named(string name, string database) =>
        Assert.Equal(
            $"$[0]: {name.Split('"')[0]} is a backup of {database}: only wal-g's lists of PostgreSQL backups are read",
            await Reading.Refusal("wal-g", $$"""[{"backup_name":"{{name}}","time":"2026-11-22T08:00:00Z"}]""")
        );

    [Theory]
    [InlineData("INFO: 2026/11/22 08:00:00 List backups\n[]", true)]
    [InlineData("INFO: 2026/11/22 08:00:00 List backups\nno backups", false)]
    public async Task Messages_before_a_list_get_a_hint(string text, bool isHint) =>
        Assert.Equal(isHint, (await Reading.Refusal("wal-g", text)).EndsWith("Leave 2>&1 away", StringComparison.Ordinal));

    [Fact]
    public async Task A_delta_is_not_its_own_parent()
    {
        var rows = (await Reading.Meaning("wal-g", "g-self-nofull", "2026-11-29T16:00:00", "db1")).OfType<ListingItem.Backup>();
        Assert.Equal(
            ["base_000000010000000000000010", "base_000000010000000000000010_D_000000010000000000000010"],
            rows.Select(backup => backup.Row.ParentId)
        );
    }

    [Fact]
    public async Task Of_the_tools_only_pgBackRest_says_whether_a_backup_has_errors()
    {
        foreach (var (tool, file) in Reading.Fixtures.Where(fixture => fixture.Tool != "generic"))
            Assert.All(
                (await Reading.Of(tool, Reading.Fixture(file))).OfType<ListingItem.Backup>(),
                backup => Assert.Equal(tool == "pgbackrest" && backup.Row.Status == BackupStatus.Done, backup.Row.HasErrors is not null)
            );
    }
}
