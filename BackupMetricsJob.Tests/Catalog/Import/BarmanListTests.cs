using BackupMetricsJob.Backups;
using BackupMetricsJob.Catalog;

namespace BackupMetricsJob.Tests.Catalog.Import;

/// <summary>What Barman's JsonOutputWriter can print beyond the fixtures: 2.12 to 3.17.</summary>
public class BarmanListTests
{
    static string Done(string id, string more = "", long end = 1795335998, string clock = "Sun Nov 22 08:26:38 2026") =>
        $$"""{"backup_id":"{{id}}",{{more}}"end_time":"{{clock}}","end_time_timestamp":"{{end}}","size_bytes":5,"wal_size_bytes":0,"status":"DONE"}""";

    [Theory]
    [InlineData("full", BackupType.Full)]
    [InlineData("incremental", BackupType.Incr)]
    [InlineData("rsync", BackupType.Full)]
    [InlineData("snapshot", BackupType.Full)]
    public async Task Newer_versions_tell_the_type(string word, object type) =>
        Assert.Equal(
            (BackupType)type,
            (await Reading.Row("barman", $$"""{"a":[{{Done("20261122T082632", $"\"backup_type\":\"{word}\",")}}]}""")).Type
        );

    [Theory]
    [InlineData("EMPTY", BackupStatus.Running)]
    [InlineData("STARTED", BackupStatus.Running)]
    [InlineData("SYNCING", BackupStatus.Running)]
    [InlineData("RETRYING", BackupStatus.Running)]
    [InlineData("FAILED", BackupStatus.Failed)]
    public async Task What_is_not_finished_has_its_time_from_its_name(string word, object status)
    {
        var row = await Reading.Row(
            "barman",
            $$"""{"a":[{"backup_id":"20261122T082632","backup_type":"rsync","status":"{{word}}"}]}""",
            Reading.Options(zone: "Europe/Berlin")
        );
        Assert.Equal(((BackupStatus)status, Reading.Utc("2026-11-22T07:26:32"), null), (row.Status, row.Started, row.Finished));
    }

    [Fact]
    public async Task A_backup_may_wait_for_its_WAL_for_an_hour_and_not_at_all_where_another_waits_for_longer()
    {
        Assert.Equal([BackupStatus.Done], await Waiting("2026-11-22T09:26:00", ("20261122T082632", 1795335998)));
        Assert.Equal([BackupStatus.Waiting], await Waiting("2026-11-22T09:27:00", ("20261122T082632", 1795335998)));
        Assert.Equal(
            [BackupStatus.Waiting, BackupStatus.Waiting],
            await Waiting("2026-11-22T09:26:00", ("20261122T082632", 1795335998), ("20261121T082632", 1795249598))
        );

        static async Task<IEnumerable<BackupStatus>> Waiting(string now, params (string Id, long End)[] backups) =>
            (
                await Reading.Rows(
                    "barman",
                    $$"""{"a":[{{string.Join(',', backups.Select(backup => Done(backup.Id, end: backup.End)))}}]}""".Replace(
                        "DONE",
                        "WAITING_FOR_WALS",
                        StringComparison.Ordinal
                    ),
                    Reading.Options(now: Reading.Utc(now))
                )
            ).Select(row => row.Status);
    }

    [Theory]
    [InlineData("20261025T013000", "2026-10-24T23:30:00")] // summer time
    [InlineData("20261025T023000", "2026-10-25T00:30:00")] // twice: the earlier
    [InlineData("20261025T033000", "2026-10-25T02:30:00")]
    [InlineData("20260329T023000", "2026-03-29T01:30:00")] // never: as if the clock had not been put forward
    public async Task A_time_that_is_ambiguous_is_always_read_the_same_way(string id, string time)
    {
        var row = await Reading.Row(
            "barman",
            $$"""{"a":[{"backup_id":"{{id}}","status":"FAILED"}]}""",
            Reading.Options(zone: "Europe/Berlin")
        );
        Assert.Equal(Reading.Utc(time), row.Started);
    }

    [Fact]
    public async Task A_finished_backup_proves_the_zone_of_Barmans_host()
    {
        // 08:26:38 on the wall at 23:26:38Z of the day before: nine hours ahead, whatever zone was given.
        var text = $$"""{"a":[{"backup_id":"20261122T091500","status":"FAILED"},{{Done("20261122T082632", end: 1795303598)}}]}""";
        foreach (var zone in new[] { "UTC", "Asia/Tokyo", "America/New_York" })
        {
            var rows = await Reading.Rows("barman", text, Reading.Options(zone: zone));
            Assert.Equal((Reading.Utc("2026-11-22T00:15:00"), Reading.Utc("2026-11-21T23:26:38")), (rows[0].Started, rows[1].Finished));
        }
    }

    [Fact]
    public async Task The_zone_that_was_given_is_kept_with_its_summer_time_where_the_newest_backup_agrees()
    {
        var text =
            $$"""{"a":[{{Done("20261122T082632", end: 1795332398)}},{"backup_id":"20260701T120000","status":"FAILED"},{{Done("20260601T000000", end: 1780272000, clock: "Sun May 31 09:00:00 2026")}}]}""";
        var rows = await Reading.Rows("barman", text, Reading.Options(zone: "Europe/Berlin"));
        Assert.Equal(Reading.Utc("2026-07-01T10:00:00"), rows[1].Started);
    }

    [Theory]
    [InlineData("KEEP:FULL", false)]
    [InlineData("KEEP:STANDALONE", true)]
    [InlineData("OBSOLETE*", false)]
    public async Task What_is_kept_by_hand_is_kept_for_ever(string retention, bool isKept) =>
        Assert.Equal(
            isKept ? DateTimeOffset.MaxValue : null,
            (await Reading.Row("barman", $$"""{"a":[{{Done("20261122T082632", $"\"retention_status\":\"{retention}\",")}}]}""")).KeepUntil
        );

    [Fact]
    public async Task The_shape_of_show_backup_since_3_11()
    {
        const string Text = """
            {"main":{"backup_id":"20261122T101500","backup_type":"incremental","system_id":"7710900938604473966","status":"DONE","cluster_size_bytes":10000000,"postgresql_version":170002,
              "server_information":{"data_checksums":"on","summarize_wal":"on"},"tablespaces":[],
              "base_backup_information":{"backup_method":"postgres","backup_size_bytes":3000000,"backup_size_with_wals_bytes":400,"wal_size_bytes":100,"timeline":2,
                "begin_wal":"000000020000000000000065","end_wal":"000000020000000000000066","begin_time_timestamp":"1795338905","begin_time":"2026-11-22 10:15:05.999999+01:00",
                "end_time_timestamp":"1795338906","end_time":"2026-11-22 10:15:06.5+01:00","begin_lsn":"1/65000028","end_lsn":"1/66000100"},
              "catalog_information":{"retention_policy":"KEEP:STANDALONE","previous_backup":"x","root_backup_id":"20261120T000000","parent_backup_id":"20261121T000000","chain_size":3}}}
            """;
        var row = await Reading.Row("barman", Text);

        Assert.Equal(
            new CatalogRow("main", "barman", BackupType.Incr, "20261122T101500", BackupStatus.Done)
            {
                Started = Reading.Utc("2026-11-22T09:15:05"),
                Finished = Reading.Utc("2026-11-22T09:15:06"),
                SizeBytes = 10000000,
                StoredBytes = 3000000,
                ParentId = "20261121T000000",
                StartLsn = 0x1_65000028,
                StopLsn = 0x1_66000100,
                StartWal = "000000020000000000000065",
                StopWal = "000000020000000000000066",
                Timeline = 2,
                PgVersionNumber = 170002,
                SystemIdentifier = 7710900938604473966,
                KeepUntil = DateTimeOffset.MaxValue,
            },
            row with
            {
                Raw = null,
            }
        );
    }

    [Fact]
    public async Task A_failed_backup_is_shown_with_its_error()
    {
        var row = await Reading.Row(
            "barman",
            """{"main":{"backup_id":"20261122T082647","status":"FAILED","error":"failure executing rsync\n(exit 23)"}}"""
        );
        Assert.Equal(
            (BackupStatus.Failed, "failure executing rsync (exit 23)", Reading.Utc("2026-11-22T08:26:47")),
            (row.Status, row.Error, row.Started)
        );
    }

    [Fact]
    public async Task An_error_or_an_exception_is_the_error_of_every_server_listed_beside_it()
    {
        // Keys are sorted: a server in capitals stands before the messages.
        var text = """{"A":[],"_ERROR":["Unknown server 'x'"],"_EXCEPTION":["lock timeout\nSee log file for more details."],"b":[]}""";
        const string Error = "barman: Unknown server 'x'; lock timeout See log file for more details.";
        Assert.Equal([("A", Error), ("b", Error)], await Reading.Servers("barman", text));
    }

    [Fact]
    public async Task An_error_in_one_servers_index_of_WAL_is_not_the_others()
    {
        var text =
            """{"_ERROR":["invalid WAL segment name 'zz'\nHINT: Please run \"barman rebuild-xlogdb b\" to solve this issue"],"a":[],"b":[]}""";
        var servers = await Reading.Servers("barman", text);
        Assert.Equal([("a", true), ("b", false)], servers.Select(server => (server.Name, server.Error is null)));
    }

    [Fact]
    public async Task An_error_without_any_server_is_that_of_the_server_that_was_asked_for()
    {
        const string Text = """{"_ERROR":["Unknown server 'main'"]}""";
        Assert.Equal([("main", "barman: Unknown server 'main'")], await Reading.Servers("barman", Text, Reading.Options("main")));
        Assert.Equal(
            "barman lists no server but an error (barman: Unknown server 'main'): say with --server whose it is",
            await Reading.Refusal("barman", Text)
        );
    }

    [Fact]
    public async Task A_server_that_was_asked_for_and_is_not_listed_is_an_error_of_it()
    {
        Assert.Equal(
            [("a", null), ("b", null), ("main", "barman does not list main")],
            await Reading.Servers("barman", """{"a":[],"b":[]}""", Reading.Options("main"))
        );
        Assert.Equal([("main", null)], await Reading.Servers("barman", """{"a":[]}""", Reading.Options("main")));
        Assert.Empty(await Reading.Of("barman", "{}"));
    }

    [Theory]
    [InlineData("""{"my server":["20261122T082632"]}""", "$['my server'][0]: only the name of a backup stands here: leave away --minimal")]
    [InlineData(
        """{"a":[{"backup_id":"20261122T082632","status":"LOST"}]}""",
        "$.a[0].status: DONE, WAITING_FOR_WALS, FAILED, EMPTY, STARTED or SYNCING is expected here, not \"LOST\""
    )]
    [InlineData(
        """{"a":[{"backup_id":"yesterday","status":"FAILED"}]}""",
        "$.a[0].backup_id: \"yesterday\" is not a time, like 20261122T082632"
    )]
    [InlineData("""{"a":[{"backup_id":"20261122T082632","status":"DONE"}]}""", "$.a[0].end_time_timestamp: the finish time is missing")]
    [InlineData(
        """{"a":[{"backup_id":"20261122T182632","status":"FAILED"}]}""",
        "$.a[0].backup_id: the time 2026-11-22T18:26:32Z is in the future: it is 2026-11-22T12:00:00Z now. Is a clock or a time zone wrong?"
    )]
    [InlineData(
        """{"a":[{"backup_id":"b","end_time_timestamp":"soon","status":"DONE"}]}""",
        "$.a[0].end_time_timestamp: a whole number from 0 to 2^64 - 1 is expected here, not \"soon\""
    )]
    [InlineData(
        """{"a":7}""",
        "$.a: an array of backups or one backup, as `barman -f json list-backups all` prints them, is expected here, not a number"
    )]
    [InlineData("""{"a\nb":[]}""", "$['a b']: the name \"a b\" has the control character U+000A in it")]
    [InlineData("""{"a":[],"a":[]}""", "$: the key \"a\" stands twice in this object")]
    [InlineData("""{"a":[7]}""", "$.a[0]: an object is expected here, not a number")]
    [InlineData("""{"_ERROR":"x","a":[]}""", "$._ERROR: an array of messages is expected here, not a string")]
    [InlineData("[]", "$: an object of servers, as `barman -f json list-backups all` prints it, is expected here, not an array")]
    public async Task What_cannot_be_is_refused_with_its_place(string text, string message) =>
        Assert.Equal(message, await Reading.Refusal("barman", text));
}
