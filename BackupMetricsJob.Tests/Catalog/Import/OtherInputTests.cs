using System.IO.Compression;
using System.Text;
using BackupMetricsJob.Catalog;
using BackupMetricsJob.Catalog.Import;
using BackupMetricsJob.Catalog.Import.Archive;

namespace BackupMetricsJob.Tests.Catalog.Import;

/// <summary>Input that is not the tool's is refused with what was found and what is expected.</summary>
public class OtherInputTests
{
    /// <summary>Every document that a tool prints, with the importer that reads it.</summary>
    static readonly (string? Tool, string File)[] Documents =
    [
        .. Reading.Fixtures.Where(fixture => !Unspoken.Contains(fixture.File)).Select(fixture => ((string?)fixture.Tool, fixture.File)),
        ("wal-g", "walg/meaning/nodetail-copied.json"),
        ("pgbackrest", "pgbackrest/meaning/inv.json"),
        ("barman", "barman/meaning/cloud.json"),
        (ToolDetector.Archive, "archive/repo-ls.json"),
        (ToolDetector.Archive, "archive/lsjson.json"),
        (ToolDetector.Archive, "archive/find.txt"),
        (ToolDetector.Archive, "archive/wal-show.json"),
        (ToolDetector.Archive, "walg/wal_verify_ok.json"),
        (null, "barman/check_pgrsync.json"),
        (null, "pghoard/pghoard_state.json"),
        (null, "pghoard/list_basebackups.txt"),
    ];

    /// <summary>Lists without anything in them, which may be anybody's.</summary>
    static string[] Unspoken =>
        ["pgbackrest/info_00_no_repo_content.json", "walg/backup_list_detail_empty.json", "barman/list_backups_all_00_empty.json"];

    public static TheoryData<string, string?, string> EveryOther()
    {
        var data = new TheoryData<string, string?, string>();
        foreach (var (tool, file) in Documents)
        {
            foreach (var importer in (string[])[.. ToolOutput.Tools, ToolDetector.Archive])
            {
                if (importer != tool)
                    data.Add(importer, tool, file);
            }
        }

        return data;
    }

    /// <summary>The refusal says whose the document is, and the command for it; where it is nobody's, which is expected.</summary>
    [Theory]
    [MemberData(nameof(EveryOther))]
    public async Task Each_document_is_refused_by_each_other_importer_with_the_command_for_it(string importer, string? tool, string file)
    {
        var refusal = await RefusalAsync(importer, Reading.Fixture(file));

        if (tool is null)
            Assert.Contains(
                importer switch
                {
                    ToolDetector.Archive => ArchiveReader.Commands,
                    "generic" => "docs/tools/generic.md",
                    _ => ToolOutput.Command(importer),
                },
                refusal.Message,
                StringComparison.Ordinal
            );
        else
            Assert.StartsWith(
                $"this is {Words(tool, isFirst: true)}, not {Words(importer)}: "
                    + $"use `import {tool}{(tool == "archive" ? " --server NAME" : "")}` (",
                refusal.Message,
                StringComparison.Ordinal
            );
        Assert.Equal(tool, refusal.OtherTool);

        static string Words(string tool, bool isFirst = false) =>
            tool switch
            {
                "archive" => "the listing of a WAL archive",
                "generic" => "a list as docs/tools/generic.md describes it",
                _ => isFirst ? $"what {tool} prints" : tool,
            };
    }

    static async Task<ListingException> RefusalAsync(string importer, string input)
    {
        if (importer != ToolDetector.Archive)
            return await Assert.ThrowsAsync<ListingException>(() => Reading.Of(importer, input, Reading.Options("db1")));
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(input));
        return await Assert.ThrowsAsync<ListingException>(() => ArchiveReader.ReadAsync(stream, null, CancellationToken.None));
    }

    /// <summary>What was found, and where, stands behind it.</summary>
    [Theory]
    [InlineData("wal-g", "pgbackrest/info_10_full_diff_incr.json", "use `import pgbackrest` ($[0].backup_name: " + Fields.Nameless + ")")]
    [InlineData(
        "barman",
        "barman/check_pgrsync.json",
        "$.pgrsync.backup_id: " + Fields.Nameless + " That of `barman -f json list-backups all` is"
    )]
    [InlineData("barman", "pghoard/http_basebackups.json", "use `import pghoard` ($.basebackups: Barman has no server of this name)")]
    public async Task The_output_of_another_command_is_refused_with_what_it_lacks(string tool, string file, string message) =>
        Assert.Contains(message, await Reading.Refusal(tool, Reading.Fixture(file), Reading.Options("db1")), StringComparison.Ordinal);

    /// <summary>Whoever mistook the tool is told which one it is, of whatever tool and from whichever of its commands.</summary>
    [Theory]
    [InlineData("wal-g", "[{\"backup_name\":\"base_1\",\"time\":\"x\"}]")]
    [InlineData("pgbackrest", "[{\"name\":\"a\",\"db\":[],\"status\":{},\"backup\":[]}]")]
    [InlineData("pghoard", "{\"basebackups\":[]}")]
    [InlineData("barman", "{\"_INFO\":[],\"a\":[{\"backup_id\":\"x\"}]}")]
    [InlineData("barman", "{\"a\":{\"backup_id\":\"x\"}}")]
    [InlineData("barman", "{\"backups_list\":[]}")]
    [InlineData("cloudnativepg", "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[]}")]
    [InlineData("generic", "[{\"tool\":\"x\",\"server\":\"y\"}]")]
    [InlineData("generic", "{\"tool\":\"x\",\"backups\":[]}")]
    [InlineData("archive", "[{\"Path\":\"a\",\"Name\":\"a\",\"Size\":1}]")]
    [InlineData("archive", "{\".\":{\"type\":\"path\"}}")]
    [InlineData(null, "{\"a\":{\"type\":\"full\"}}")]
    [InlineData(null, "[]")]
    [InlineData(null, "{}")]
    [InlineData(null, "\"backup_name\"")]
    [InlineData(null, "[[]]")]
    [InlineData(null, "{\"basebackups\":1,\"basebackups\":2}")]
    public async Task What_prints_it_is_known_by_its_keys(string? tool, string input)
    {
        var pipe = JsonInput.Open(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(input)));
        Assert.Equal(tool, ToolDetector.Find(await JsonInput.ReadAsync(pipe, "wal-g", CancellationToken.None)));
    }

    [Fact]
    public async Task An_empty_list_of_pghoard_is_no_server_of_Barman() =>
        Assert.StartsWith(
            "this is what pghoard prints, not barman: use `import pghoard` (",
            await Reading.Refusal("barman", """{"basebackups":[]}"""),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("<!DOCTYPE html>\n<title>502</title>", "the input is not JSON: it begins with \"<!DOCTYPE html>\"")]
    [InlineData("\n  <?xml version=\"1.0\"?>", "the input is not JSON: it begins with \"<?xml version=\"1.0\"?>\"")]
    [InlineData("name  modified\nbase_1 2026", "the input is not JSON: it begins with \"name modified\"")]
    [InlineData("\u001b[31mERROR: 2026", "the input is not JSON: it begins with \"\ufffd[31mERROR: 2026\"")]
    [InlineData("", "the input is empty")]
    [InlineData("   \n", "the input is empty")]
    [InlineData("{\0", "$: not JSON at line 1, byte 2: '0x00' is an invalid start of a property name")]
    [InlineData("BZh91", "the input is not JSON: it begins with \"BZh91\"")]
    public async Task What_is_not_JSON_is_named(string input, string what)
    {
        foreach (var tool in ToolOutput.Tools)
            Assert.StartsWith(what, await Reading.Refusal(tool, input, Reading.Options("db1")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_text_list_of_pghoard_is_no_JSON() =>
        Assert.StartsWith(
            "the input is not JSON: it begins with \"Available 'example-site' basebackups:\"",
            await Reading.Refusal("pghoard", Reading.Fixture("pghoard/list_basebackups.txt")),
            StringComparison.Ordinal
        );

    [Fact]
    public async Task A_compressed_list_and_one_in_another_encoding_are_refused()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes(Reading.Fixture("walg/backup_list_detail.json")));
        async Task<string> Refusal(byte[] input) => (await Assert.ThrowsAsync<ListingException>(() => Reading.Of("wal-g", input))).Message;

        Assert.StartsWith(
            "the input is not JSON: it begins with bytes that are no text (is it compressed, or encrypted?); ",
            await Refusal(packed.ToArray()),
            StringComparison.Ordinal
        );
        foreach (var encoding in new Encoding[] { Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32 })
        {
            Assert.Contains("not JSON", await Refusal(encoding.GetBytes("[]")), StringComparison.Ordinal);
            Assert.Contains("not JSON", await Refusal([.. encoding.GetPreamble(), .. encoding.GetBytes("[]")]), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_byte_order_mark_of_UTF_8_is_passed_over()
    {
        foreach (var (tool, file) in Reading.Fixtures)
            Assert.Equal(await Reading.TextOf(tool, Reading.Fixture(file)), await Reading.TextOf(tool, "\uFEFF" + Reading.Fixture(file)));
    }

    [Fact]
    public async Task Text_that_is_not_UTF_8_is_refused_with_its_place()
    {
        var bytes = Encoding.Latin1.GetBytes("[{\"backup_name\":\"caf\u00e9\",\"time\":\"2026-11-22T01:00:00Z\"}]");
        var error = await Assert.ThrowsAsync<ListingException>(() => Reading.Of("wal-g", bytes));
        Assert.Equal("$[0]: the text here is not valid UTF-8", error.Message);
    }

    [Fact]
    public async Task A_value_longer_than_any_tool_prints_of_a_backup_is_refused_before_it_is_parsed() =>
        Assert.Equal(
            "$[0]: one value here is longer than 16777216 bytes: no tool prints that of one backup",
            await Reading.Refusal("wal-g", $$"""[{"backup_name":"{{new string('x', 17_000_000)}}"}]""")
        );

    [Theory]
    [InlineData("[{\"backup_name\":\"", "x")]
    [InlineData("[0", "0")]
    [InlineData("", " ")]
    public async Task A_gigabyte_is_refused_before_it_is_read(string head, string body)
    {
        using var stream = new Endless(head, _ => string.Concat(Enumerable.Repeat(body, 1_000_000)), 1000, "");
        var error = await Assert.ThrowsAsync<ListingException>(() => Reading.Of("wal-g", stream));
        Assert.Equal("the input is longer than 268435456 bytes: no tool lists that many backups", error.Message);
        Assert.InRange(stream.Given, 268_000_000, 300_000_000);
    }

    [Fact]
    public async Task Nested_without_end_is_refused() =>
        Assert.StartsWith(
            "$: not JSON at line 1, byte ",
            await Reading.Refusal("wal-g", "[{\"backup_name\":" + new string('[', 100_000)),
            StringComparison.Ordinal
        );
}
