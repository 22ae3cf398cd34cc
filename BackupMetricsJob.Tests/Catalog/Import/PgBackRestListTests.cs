using System.Text;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Catalog;

namespace BackupMetricsJob.Tests.Catalog.Import;

/// <summary>What pgBackRest's src/command/info/info.c can print beyond the fixtures.</summary>
public class PgBackRestListTests
{
    const string Ok = "\"status\":{\"code\":0,\"message\":\"ok\"}";

    /// <summary>As 2.20 printed it: neither repositories nor LSNs nor an error.</summary>
    const string Old =
        """{"archive":{"start":null,"stop":null},"backrest":{"format":5,"version":"2.20"},"database":{"id":1},"info":{"delta":20,"repository":{"delta":3,"size":4},"size":30},"label":"20200101-000000F","prior":null,"reference":null,"timestamp":{"start":1577836800,"stop":1577836860},"type":"full"}""";

    static string Backup(string label, int repository, string more = "") =>
        $$$"""{"archive":{"start":null,"stop":null},"database":{"id":2,"repo-key":{{{repository}}}},{{{more}}}"info":{"delta":1,"repository":{"delta":2,"delta-map":[1],"size-map":[2]},"size":3},"label":"{{{label}}}","prior":null,"timestamp":{"start":1795335643,"stop":1795335652},"type":"full"}""";

    [Fact]
    public async Task An_old_version_knows_one_repository_and_no_errors()
    {
        var row = await Reading.Row(
            "pgbackrest",
            $$"""[{"backup":[{{Old}}],"cipher":"none","db":[{"id":1,"system-id":6569239123849665679,"version":"9.6"}],"name":"old",{{Ok}}}]"""
        );

        Assert.Equal(
            ("old", "repo1", 90600, 6569239123849665679ul, (bool?)null, 30L, 3L, Reading.Utc("2020-01-01T00:01:00")),
            (
                row.Server,
                row.Storage,
                row.PgVersionNumber,
                row.SystemIdentifier,
                row.HasErrors,
                row.SizeBytes,
                row.StoredBytes,
                row.Finished
            )
        );
    }

    [Theory]
    [InlineData("9.5", 90500)]
    [InlineData("10", 100000)]
    [InlineData("18", 180000)]
    [InlineData("what", null)]
    public async Task A_version_becomes_server_version_num(string version, int? number)
    {
        var row = await Reading.Row(
            "pgbackrest",
            $$"""[{"backup":[{{Old}}],"db":[{"id":1,"system-id":1,"version":"{{version}}"}],"name":"a",{{Ok}}}]"""
        );
        Assert.Equal(number, row.PgVersionNumber);
    }

    [Fact]
    public async Task The_same_label_may_be_in_two_repositories_each_with_a_database_of_its_own()
    {
        var text = $$"""
            [{"name":"main","backup":[{{Backup("20261122-082043F", 1)}},{{Backup("20261122-082043F", 3)}}],
              "db":[{"id":2,"repo-key":1,"system-id":18446744073709551615,"version":"15"},{"id":2,"repo-key":3,"system-id":7,"version":"16"}],
              "repo":[{"key":1,"status":{"code":0,"message":"ok"} },{"key":3,"status":{"code":0,"message":"ok"} }],{{Ok}} }]
            """;
        var rows = await Reading.Rows("pgbackrest", text);

        Assert.Equal(
            [("repo1", 150000, ulong.MaxValue), ("repo3", 160000, 7ul)],
            rows.Select(row => (row.Storage, row.PgVersionNumber!.Value, row.SystemIdentifier!.Value))
        );
        Assert.Equal([2L, 2L], rows.Select(row => row.StoredBytes!.Value));
    }

    [Fact]
    public async Task A_repository_in_error_is_an_error_of_that_one_and_the_backups_of_the_other_are_read()
    {
        var text = $$"""
            [{"archive":[],"backup":[{{Backup("20261122-082043F", 1)}}],"db":[],"name":"main",
              "repo":[{"key":1,"status":{"code":0,"message":"ok"} },{"key":2,"status":{"code":99,"message":"[FileOpenError] unable to open\nHINT: permission"} }],
              "status":{"code":4,"message":"different across repos"} }]
            """;

        Assert.Equal("repo1", (await Reading.Row("pgbackrest", text)).Storage);
        var list = Assert.Single((await Reading.Of("pgbackrest", text)).OfType<ListingItem.CompleteServer>());
        Assert.Null(list.Error);
        Assert.Equal(
            [
                new ListedRepository("repo1", null),
                new ListedRepository("repo2", "code 99: [FileOpenError] unable to open HINT: permission"),
            ],
            list.Repositories
        );
        Assert.Equal(["default", "repo1"], list.Storages);
    }

    [Theory]
    [InlineData(5, 0, 0)]
    [InlineData(4, 99, 99)]
    public async Task A_status_that_is_not_that_of_one_repository_alone_is_an_error_of_the_server(int all, int first, int second)
    {
        var text = $$"""
            [{"backup":[],"db":[],"name":"main","repo":[{"key":1,"status":{"code":{{first}},"message":"a"} },{"key":2,"status":{"code":{{second}},"message":"b"} }],
              "status":{"code":{{all}},"message":"said"} }]
            """;

        Assert.StartsWith($"code {all}: said", Assert.Single(await Reading.Servers("pgbackrest", text)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ciphertext_in_a_message_keeps_nothing_out_and_in_a_name_it_does()
    {
        byte[] cipher = [0x9D, 0xF3, 0x1C, (byte)'v', 0x17, 0x7F, 0xFF, (byte)'\\', (byte)'"', 0x01];
        var text = $$"""
            [{"backup":[{{Backup("NAME", 1)}}],"db":[],"name":"main",
              "repo":[{"key":1,"status":{"code":0,"message":"ok"} },{"key":2,"status":{"code":99,"message":"MESSAGE"} }],
              "status":{"code":4,"message":"different across repos"} }]
            """;

        var items = await Reading.Of("pgbackrest", With("MESSAGE"));
        Assert.Equal("NAME", Assert.Single(items.OfType<ListingItem.Backup>()).Row.BackupId);
        Assert.Equal(
            "code 99: (what follows is no text: the repository is encrypted, and repo-cipher-pass is not the passphrase that it was "
                + "created with)",
            Assert.Single(items.OfType<ListingItem.CompleteServer>()).Repositories[1].Error
        );
        var refused = await Assert.ThrowsAsync<ListingException>(() => Reading.Of("pgbackrest", With("NAME")));
        Assert.Equal("$[0].backup[0]: the text here is not valid UTF-8", refused.Message);
        Assert.Equal(["main"], refused.Servers);
        await Assert.ThrowsAsync<ListingException>(() => Reading.Of("barman", With("MESSAGE")));

        byte[] With(string place)
        {
            var at = text.IndexOf(place, StringComparison.Ordinal);
            return [.. Encoding.UTF8.GetBytes(text[..at]), .. cipher, .. Encoding.UTF8.GetBytes(text[(at + place.Length)..])];
        }
    }

    [Fact]
    public async Task A_repository_that_cannot_be_read_at_all_is_an_error_of_the_server_that_was_asked_for()
    {
        const string Text =
            """[{"backup":[],"db":[],"name":"[invalid]","repo":[{"key":1,"status":{"code":99,"message":"[PathOpenError] unable"}}],"status":{"code":99,"message":"other"}}]""";

        Assert.Equal(
            [("main", "code 99: other; repo1: code 99: [PathOpenError] unable")],
            await Reading.Servers("pgbackrest", Text, Reading.Options("main"))
        );
        Assert.Equal(
            "$[0]: pgbackrest cannot read its repository (code 99: other; repo1: code 99: [PathOpenError] unable): "
                + "say with --server whose it is",
            await Reading.Refusal("pgbackrest", Text)
        );
    }

    [Fact]
    public async Task Errors_in_a_backup_are_seen()
    {
        var rows = await Reading.Rows(
            "pgbackrest",
            $$"""[{"backup":[{{Backup("a", 1, "\"error\":true,")}},{{Backup("b", 1, "\"error\":false,")}}],"name":"main",{{Ok}}}]"""
        );
        Assert.Equal([(true, "error(s) detected during backup"), (false, null)], rows.Select(row => (row.HasErrors, row.Error)));
    }

    [Fact]
    public async Task One_backup_by_set_says_nothing_of_the_others()
    {
        var text = $$"""[{"backup":[{{Backup("a", 1, "\"database-ref\":[],\"link\":null,")}}],"name":"main",{{Ok}}}]""";
        Assert.Single(await Reading.Rows("pgbackrest", text));
        Assert.Empty(await Reading.Servers("pgbackrest", text));
    }

    [Fact]
    public async Task Several_stanzas_are_several_servers_each_after_its_backups()
    {
        var text = $$"""[{"backup":[{{Backup("a", 1)}}],"name":"one",{{Ok}}},{"backup":[],"name":"two",{{Ok}}}]""";
        Assert.Equal(
            ["one/a", "one", "two"],
            (await Reading.Of("pgbackrest", text)).Select(item =>
                item switch
                {
                    BackupMetricsJob.Catalog.ListingItem.Backup backup => $"{backup.Row.Server}/{backup.Row.BackupId}",
                    BackupMetricsJob.Catalog.ListingItem.CompleteServer server => server.Name,
                    _ => "",
                }
            )
        );
        Assert.Equal(
            [("one", null), ("two", null), ("three", "pgbackrest does not list three")],
            await Reading.Servers("pgbackrest", text, Reading.Options("three"))
        );
    }

    [Theory]
    [InlineData(
        "\"stop\":1795335652",
        "\"stop\":1795335652.5",
        "$[0].backup[0].timestamp.stop: a whole number from 0 to 2^64 - 1 is expected here, not 1795335652.5"
    )]
    [InlineData(
        "\"stop\":1795335652",
        "\"stop\":-1",
        "$[0].backup[0].timestamp.stop: a whole number from 0 to 2^64 - 1 is expected here, not -1"
    )]
    [InlineData(
        "\"stop\":1795335652",
        "\"stop\":9223372036854775807",
        "$[0].backup[0].timestamp.stop: 9223372036854775807 seconds since 1970 are no date"
    )]
    [InlineData(
        "\"stop\":1795335652",
        "\"stop\":0",
        "$[0].backup[0].timestamp.stop: the time 1970-01-01T00:00:00Z is before the year 2000"
    )]
    [InlineData("\"stop\":1795335652", "\"stop\":null", "$[0].backup[0].timestamp.stop: the finish time is missing")]
    [InlineData(
        "\"stop\":1795335652",
        "\"stop\":1795349101",
        "$[0].backup[0].timestamp.stop: the time 2026-11-22T12:05:01Z is in the future: it is 2026-11-22T12:00:00Z now. "
            + "Is a clock or a time zone wrong?"
    )]
    [InlineData(
        "\"size\":3",
        "\"size\":9223372036854775808",
        "$[0].backup[0].info.size: a whole number from 0 to 2^63 - 1 is expected here, not 9223372036854775808"
    )]
    [InlineData(
        "\"size\":3",
        "\"size\":18446744073709551616",
        "$[0].backup[0].info.size: a whole number from 0 to 2^64 - 1 is expected here, not 18446744073709551616"
    )]
    [InlineData("\"type\":\"full\"", "\"type\":\"huge\"", "$[0].backup[0].type: full, diff or incr is expected here, not \"huge\"")]
    [InlineData("\"label\":\"a\"", "\"label\":\"\"", "$[0].backup[0].label: the name is empty")]
    [InlineData("\"label\":\"a\"", "\"label\":\"a\\nb\"", "$[0].backup[0].label: the name \"a b\" has the control character U+000A in it")]
    [InlineData(
        "\"label\":\"a\"",
        "\"label\":\"a\\u0000\"",
        "$[0].backup[0].label: the name \"a\ufffd\" has the control character U+0000 in it"
    )]
    [InlineData("\"label\":\"a\"", "\"label\":\"\\ud800\"", "$[0].backup[0].label: half a surrogate pair stands here, which is no text")]
    [InlineData("\"label\":\"a\"", "\"label\":\"a\",\"label\":\"b\"", "$[0].backup[0]: the key \"label\" stands twice in this object")]
    [InlineData("\"info\":{", "\"info\":7,\"x\":{", "$[0].backup[0].info: an object is expected here, not a number")]
    [InlineData(
        "\"name\":\"main\"",
        "\"nme\":\"main\"",
        "$[0]: the stanza has no name: the output of `pgbackrest info --output=json` is expected"
    )]
    [InlineData("\"name\":\"main\"", "\"name\":\"main\",\"name\":\"main\"", "$[0]: the key \"name\" stands twice in this object")]
    [InlineData("\"name\":\"main\"", "\"name\":7", "$[0].name: a string is expected here, not a number")]
    [InlineData("\"code\":0", "\"code\":null", "$[0].status.code: a status code is missing here")]
    [InlineData(
        "\"backup\":[",
        "\"backups\":[",
        "$[0]: the stanza has no list of backups: full detail is needed, not --detail-level=progress"
    )]
    public async Task What_cannot_be_is_refused_with_its_place(string right, string wrong, string message)
    {
        var text = $$"""[{"backup":[{{Backup("a", 1)}}],"name":"main",{{Ok}}}]""";
        Assert.Contains(right, text, StringComparison.Ordinal);
        await Reading.Rows("pgbackrest", text);

        Assert.Equal(message, await Reading.Refusal("pgbackrest", text.Replace(right, wrong, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_start_after_the_finish_is_not_known()
    {
        var text = $$"""[{"backup":[{{Backup("a", 1)}}],"name":"main",{{Ok}}}]""".Replace(
            "1795335643",
            "1795335653",
            StringComparison.Ordinal
        );
        var row = await Reading.Row("pgbackrest", text);
        Assert.Equal((null, Reading.Utc("2026-11-22T08:20:52")), (row.Started, row.Finished));
    }

    [Fact]
    public async Task A_stanza_listed_twice_is_refused() =>
        Assert.Equal(
            "$[1]: the stanza main is listed twice",
            await Reading.Refusal("pgbackrest", $$"""[{"backup":[],"name":"main",{{Ok}}},{"backup":[],"name":"main",{{Ok}}}]""")
        );

    [Fact]
    public async Task Names_with_quotes_and_brackets_stay_as_they_are()
    {
        var row = await Reading.Row("pgbackrest", $$"""[{"backup":[{{Backup("a\\\"'[x]; drop", 1)}}],"name":"ma'in \"é\"",{{Ok}}}]""");
        Assert.Equal(("ma'in \"é\"", "a\"'[x]; drop", BackupType.Full), (row.Server, row.BackupId, row.Type));
    }
}
