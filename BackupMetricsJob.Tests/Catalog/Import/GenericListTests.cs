using BackupMetricsJob.Backups;
using BackupMetricsJob.Catalog;

namespace BackupMetricsJob.Tests.Catalog.Import;

/// <summary>What `import generic` reads, beyond what the schema says: whose list it is, what it covers, and what cannot be true.</summary>
public class GenericListTests
{
    static string Backup(string more = "", string id = "b-1", string server = "\"server\":\"orders\",\"tool\":\"pgmoneta\",") =>
        $$"""{{{server}}"type":"full","id":"{{id}}","status":"done","finished":"2026-11-22T02:04:11Z"{{more}}}""";

    static string Object(string head, params string[] backups) =>
        $$"""{"tool":"pgmoneta",{{head}}"backups":[{{string.Join(',', backups)}}]}""";

    static Task<List<ListingItem>> Read(string text, string? server = null) => Reading.Of("generic", text, Reading.Options(server));

    static async Task<string> Servers(string text, string? server = null) =>
        string.Join(
            "; ",
            (await Read(text, server))
                .OfType<ListingItem.CompleteServer>()
                .Select(list => $"{list.Name} {list.Error}[{string.Join(' ', list.Storages ?? [])}]{list.Cluster}")
        );

    [Fact]
    public async Task Every_key_has_its_column()
    {
        var row = await Reading.Row("generic", Reading.Fixture("generic/every-key.json"));

        Assert.Equal(
            new CatalogRow("orders", "pgmoneta", BackupType.Incr, "b-2", BackupStatus.Done)
            {
                Storage = "s3",
                Started = Reading.Utc("2026-11-22T02:00:00"),
                Finished = Reading.Utc("2026-11-22T02:04:11.5"),
                SizeBytes = 4096,
                StoredBytes = 1024,
                ParentId = "b-1",
                StartLsn = 0x2B000028,
                StopLsn = 0x1_00000000,
                StartWal = "00000002000000000000002B",
                StopWal = "000000020000000100000000",
                Timeline = 2,
                PgVersionNumber = 170002,
                SystemIdentifier = 7575000000000000001,
                Database = "orders",
                HasErrors = true,
                Error = "two pages",
                KeepUntil = DateTimeOffset.MaxValue,
            },
            row with
            {
                Raw = null,
            }
        );
        Assert.Contains("\"two\\npages\"", row.Raw, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_left_out_is_not_known()
    {
        var row = await Reading.Row("generic", $"[{Backup()}]");

        Assert.Equal(
            new CatalogRow("orders", "pgmoneta", BackupType.Full, "b-1", BackupStatus.Done)
            {
                Finished = Reading.Utc("2026-11-22T02:04:11"),
                Raw = row.Raw,
            },
            row
        );
    }

    [Theory]
    [InlineData("\"2026-11-22T02:04:11Z\"", "2026-11-22T02:04:11")]
    [InlineData("\"2026-11-22T03:04:11.25+01:00\"", "2026-11-22T02:04:11.25")]
    [InlineData("\"2026-11-22 07:34:11+0530\"", "2026-11-22T02:04:11")]
    [InlineData("\"2026-11-21 22:04:11-04\"", "2026-11-22T02:04:11")]
    [InlineData("1795313051", "2026-11-22T02:04:11")]
    public async Task Times_are_read_as_PostgreSQL_date_and_RFC_3339_write_them(string time, string utc) =>
        Assert.Equal(
            Reading.Utc(utc),
            (await Reading.Row("generic", $"[{Backup().Replace("\"2026-11-22T02:04:11Z\"", time, StringComparison.Ordinal)}]")).Finished
        );

    [Theory]
    [InlineData("170002", 170002)]
    [InlineData("\"17\"", 170000)]
    [InlineData("\"17.2\"", 170002)]
    [InlineData("\"9.6\"", 90600)]
    [InlineData("\"9.6.24\"", 90624)]
    public async Task A_version_is_a_number_or_as_people_write_it(string version, int number) =>
        Assert.Equal(number, (await Reading.Row("generic", $"[{Backup($",\"version\":{version}")}]")).PgVersionNumber);

    [Fact]
    public async Task An_array_is_the_whole_list_of_each_server_in_it()
    {
        var other = "\"server\":\"billing\",\"tool\":\"pgmoneta\",";
        Assert.Equal("orders []; billing []", await Servers($"[{Backup()},{Backup(id: "b-2")},{Backup(server: other)}]"));
    }

    [Fact]
    public async Task An_object_says_once_whose_list_it_is_and_what_it_covers()
    {
        var inside = Backup(server: "");
        Assert.Equal("orders []", await Servers(Object("\"server\":\"orders\",", inside)));
        Assert.Equal("orders []", await Servers(Object("\"server\":\"orders\",")));
        Assert.Equal(
            "a []; b []; orders []",
            await Servers(Object("\"servers\":[\"a\",\"b\"],", Backup(server: "\"server\":\"orders\",")))
        );
        Assert.Equal("orders [default s3]", await Servers(Object("\"server\":\"orders\",\"storages\":[\"default\",\"s3\"],", inside)));
        Assert.Equal(
            "orders []Cluster { SystemIdentifier = 7575000000000000001, PgVersionNumber = 180000 }",
            await Servers(Object("\"server\":\"orders\",\"system_identifier\":\"7575000000000000001\",\"version\":\"18\",", inside))
        );
        Assert.Equal("orders no bucket[]", await Servers("""{"tool":"pgmoneta","server":"orders","error":"no bucket"}"""));
    }

    [Fact]
    public async Task A_part_of_a_list_takes_nothing_away()
    {
        var items = await Read(Object("\"server\":\"orders\",\"complete\":false,", Backup(server: "")));

        Assert.Equal("orders", Assert.Single(items.OfType<ListingItem.Backup>()).Row.Server);
        Assert.Empty(items.OfType<ListingItem.CompleteServer>());
    }

    [Fact]
    public async Task The_tool_is_what_the_list_says()
    {
        Assert.Equal(new ListingItem.Tool("pgmoneta"), (await Read($"[{Backup()}]"))[0]);
        Assert.Equal(new ListingItem.Tool("pgmoneta"), (await Read(Object("\"server\":\"orders\",")))[0]);
    }

    [Fact]
    public async Task Server_names_the_one_that_is_listed_or_that_nobody_named()
    {
        var nameless = Backup(server: "\"tool\":\"pgmoneta\",");
        Assert.Equal("dr []", await Servers($"[{nameless}]", "dr"));
        Assert.Equal("dr []", await Servers($"[{Backup()}]", "dr"));
        Assert.Equal("dr []", await Servers(Object("\"server\":\"orders\",", Backup(server: "")), "dr"));
        Assert.Equal("dr []", await Servers(Object("", Backup(server: "\"server\":\"orders\",")), "dr"));
        Assert.Equal("dr []", await Servers(Object("\"servers\":[\"orders\"],"), "dr"));
        Assert.All((await Read($"[{Backup()}]", "dr")).OfType<ListingItem.Backup>(), backup => Assert.Equal("dr", backup.Row.Server));
    }

    [Theory]
    [InlineData("[{0},{1}]", "$[1].server: \"b\" is another server than \"a\": --server can give another name to one only")]
    [InlineData(
        "{{\"tool\":\"t\",\"servers\":[\"a\",\"b\"],\"backups\":[]}}",
        "$.servers: 2 servers are named here: --server can give another name to one only"
    )]
    public async Task Server_does_not_make_one_of_two(string text, string message)
    {
        var of = (string server) => Backup(server: $"\"server\":\"{server}\",\"tool\":\"pgmoneta\",");
        Assert.Equal(
            message,
            await Reading.Refusal(
                "generic",
                text.Replace("{0}", of("a"), StringComparison.Ordinal)
                    .Replace("{1}", of("b"), StringComparison.Ordinal)
                    .Replace("{{", "{", StringComparison.Ordinal)
                    .Replace("}}", "}", StringComparison.Ordinal),
                Reading.Options("dr")
            )
        );
    }

    [Theory]
    [InlineData(",\"finished\":\"2026-11-22T12:05:01Z\"", "finished: the time 2026-11-22T12:05:01Z is in the future")]
    [InlineData(",\"finished\":\"1999-12-31T23:59:59Z\"", "finished: the time 1999-12-31T23:59:59Z is before the year 2000")]
    [InlineData(",\"start_lsn\":\"0/2B000028\",\"stop_lsn\":\"0/2B000000\"", "stop_lsn: it ends before it starts, at start_lsn")]
    [InlineData(",\"timeline\":3,\"start_wal\":\"00000002000000000000002B\"", "timeline: it is 3, but start_wal is of timeline 2")]
    public async Task What_cannot_be_true_keeps_that_backup_out_and_no_other(string more, string problem)
    {
        var bad = more.StartsWith(",\"finished\"", StringComparison.Ordinal)
            ? Backup(id: "bad").Replace(",\"finished\":\"2026-11-22T02:04:11Z\"", more, StringComparison.Ordinal)
            : Backup(more, "bad");
        var items = await Read($"[{Backup()},{bad}]");

        Assert.Equal("b-1", Assert.Single(items.OfType<ListingItem.Backup>()).Row.BackupId);
        var skipped = Assert.Single(items.OfType<ListingItem.Skipped>());
        Assert.Equal(("orders", "bad"), (skipped.OfServer, skipped.BackupId));
        Assert.StartsWith($"$[1].{problem}", skipped.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_after_the_finish_is_not_known() =>
        Assert.Null((await Reading.Row("generic", $"[{Backup(",\"started\":\"2026-11-22T03:00:00Z\"")}]")).Started);

    [Theory]
    [InlineData(
        "[]",
        "$: the list is empty and does not say of which tool and server: print {\"tool\": ..., \"server\": ..., \"backups\": []}"
    )]
    [InlineData("true", "$: an array of backups, or an object with \"tool\" and \"backups\", is expected here, not true or false")]
    [InlineData("[{\"type\":\"full\"}]", "$[0].tool: the name of the tool is missing")]
    [InlineData(
        "{\"tool\":\"a b\",\"server\":\"s\",\"backups\":[]}",
        "$.tool: \"a b\" is no name of a tool: letters and digits, with . _ + or - between them, 63 at most"
    )]
    [InlineData(
        "{\"tool\":\"t\",\"server\":\"s\"}",
        "$: say \"backups\" (an array, which may be empty), or else \"error\" where there is no list"
    )]
    [InlineData("{\"tool\":\"t\",\"error\":\"x\"}", "$.error: say of which servers, with \"server\" or \"servers\"")]
    [InlineData(
        "{\"tool\":\"t\",\"server\":\"s\",\"complete\":false,\"backups\":[]}",
        "$.complete: a part of a list has backups, and neither \"storages\" nor \"error\""
    )]
    public async Task What_is_no_list_is_refused(string text, string message) =>
        Assert.Equal(message, await Reading.Refusal("generic", text));

    [Theory]
    [InlineData(
        "\"finished\":\"2026-11-22T02:04:11Z\"",
        "\"finished\":\"2026-11-22T02:04:11\"",
        "finished: \"2026-11-22T02:04:11\" is no time with its zone, like 2026-11-22T08:26:38Z or 2026-11-22T09:26:38+01:00"
    )]
    [InlineData(
        "\"finished\":\"2026-11-22T02:04:11Z\"",
        "\"finished\":\"2026-02-30T02:04:11Z\"",
        "finished: \"2026-02-30T02:04:11Z\" is no time with its zone, like 2026-11-22T08:26:38Z or 2026-11-22T09:26:38+01:00"
    )]
    [InlineData(
        "\"finished\":\"2026-11-22T02:04:11Z\"",
        "\"finished\":1795313051000",
        "finished: that many seconds since 1970 are no date: are these milliseconds?"
    )]
    [InlineData("\"finished\":\"2026-11-22T02:04:11Z\"", "\"started\":1795313051", "finished: the finish time is missing")]
    [InlineData("\"status\":\"done\"", "\"status\":\"ok\"", "status: done, failed, running or waiting is expected here, not \"ok\"")]
    [InlineData("\"status\":\"done\",", "", "status: done, failed, running or waiting is expected here, not nothing")]
    [InlineData("\"status\":\"done\"", "\"status\":\"running\"", "finished: a backup that runs has not finished")]
    [InlineData(
        "\"status\":\"done\",\"finished\":\"2026-11-22T02:04:11Z\"",
        "\"status\":\"failed\"",
        "finished: a failed backup needs the time at which it failed, or \"started\""
    )]
    [InlineData("\"type\":\"full\"", "\"type\":\"incremental\"", "type: full, diff, incr or logical is expected here, not \"incremental\"")]
    [InlineData("\"finished\"", "\"finised\"", "finised: there is no such key: server, tool, type, id, status, ")]
    [InlineData(
        "\"tool\":\"pgmoneta\"",
        "\"tool\":\"other\"",
        "tool: the list is of \"pgmoneta\", and this backup of \"other\": import a list a tool"
    )]
    [InlineData(
        "\"id\"",
        "\"system_identifier\":7575000000000000001,\"id\"",
        "system_identifier: a string is expected here, not a number: most programs round a number that long"
    )]
    public async Task What_is_written_wrongly_is_refused_with_its_place(string from, string to, string message) =>
        Assert.StartsWith(
            $"$[3].{message}",
            await Reading.Refusal(
                "generic",
                $"[{Backup(id: "1")},{Backup(id: "2")},{Backup(id: "3")},{Backup(id: "4").Replace(from, to, StringComparison.Ordinal)}]"
            ),
            StringComparison.Ordinal
        );
}
