using BackupMetricsJob.Catalog;

namespace BackupMetricsJob.Tests.Catalog.Import;

/// <summary>What pghoard's list of base backups can be beyond the fixtures: 1.0 to 2.7.</summary>
public class PghoardListTests
{
    static string Entry(string metadata = "", string name = "site/basebackup/2026-11-22_08-31_0") =>
        $$"""{"last_modified":"2026-11-22T08:31:38.276655Z","metadata":{{{metadata}}},"name":"{{name}}","size":21}""";

    static string List(params string[] entries) => $$"""{"basebackups":[{{string.Join(',', entries)}}]}""";

    [Fact]
    public async Task Old_metadata_has_almost_nothing()
    {
        var row = await Reading.Row("pghoard", List(Entry()));
        Assert.Equal(
            ("site", "2026-11-22_08-31_0", null, Reading.Utc("2026-11-22T08:31:38.276655"), null, 21L),
            (row.Server, row.BackupId, row.Started, row.Finished, row.SizeBytes, row.StoredBytes)
        );
    }

    [Fact]
    public async Task Metadata_may_be_null() =>
        Assert.Equal(
            21,
            (
                await Reading.Row(
                    "pghoard",
                    """{"basebackups":[{"last_modified":"2026-11-22T08:31:38Z","metadata":null,"name":"s/basebackup/b","size":"21"}]}"""
                )
            ).StoredBytes
        );

    [Theory]
    [InlineData("\"start-time\":\"2026-11-22T08:31:19+00:00\"", "2026-11-22T08:31:19")]
    [InlineData("\"start-time\":\"2026-11-22 10:31:19+02:00\"", "2026-11-22T08:31:19")]
    [InlineData("\"start-time\":\"2026-11-22T10:31:19+0200\"", "2026-11-22T08:31:19")]
    [InlineData("\"start-time\":\"2026-11-22T08:31:19Z\"", "2026-11-22T08:31:19")]
    [InlineData("\"start-time\":\"2026-11-22T03:31:19\"", "2026-11-22T08:31:19")] // no zone (1.0): that of the host, here New York
    [InlineData("\"start-time\":\"2026-11-22T08:31:19.123456+00:00\"", null)] // taken after the copy
    [InlineData("\"start-time\":\"2026-11-22T08:31:39+00:00\"", null)] // after the finish
    public async Task A_start_is_the_labels_or_unknown(string metadata, string? time) =>
        Assert.Equal(
            time is null ? null : Reading.Utc(time),
            (await Reading.Row("pghoard", List(Entry(metadata)), Reading.Options(zone: "America/New_York"))).Started
        );

    [Theory]
    [InlineData("\"original-file-size\":\"42\"", 42L, 21L)]
    [InlineData("\"original-file-size\":42,\"format\":\"pghoard-bb-v1\"", 42L, 21L)]
    [InlineData("\"original-file-size\":\"42\",\"format\":\"pghoard-bb-v2\"", null, null)]
    [InlineData(
        "\"original-file-size\":\"42\",\"format\":\"pghoard-delta-v1\",\"total-size-plain\":\"1000\",\"total-size-enc\":\"300\"",
        1000L,
        300L
    )]
    public async Task Sizes_are_those_of_the_whole_backup(string metadata, long? size, long? stored)
    {
        var row = await Reading.Row("pghoard", List(Entry(metadata)));
        Assert.Equal((size, stored), (row.SizeBytes, row.StoredBytes));
    }

    [Fact]
    public async Task What_is_preserved_is_kept_until_then() =>
        Assert.Equal(
            Reading.Utc("2030-01-01T00:00:00"),
            (await Reading.Row("pghoard", List(Entry("\"preserve-until\":\"2030-01-01 00:00:00+00:00\"")))).KeepUntil
        );

    [Fact]
    public async Task The_site_that_is_named_has_them_all_else_the_metadata_or_the_name_says_it()
    {
        var text = List(Entry(), Entry("\"site\":\"other\""), Entry(name: "deep/prefix/basebackup/b"));
        var list = (await Reading.Of("pghoard", text)).OfType<ListingItem.CompleteServer>().Single();
        Assert.Equal(("site", "other deep/prefix"), (list.Name, string.Join(' ', list.FormerNames)));
        Assert.Equal([("mine", null)], await Reading.Servers("pghoard", text, Reading.Options("mine")));
        Assert.All(await Reading.Rows("pghoard", text, Reading.Options("mine")), row => Assert.Equal("mine", row.Server));
    }

    [Fact]
    public async Task An_empty_list_is_complete_where_the_site_is_named()
    {
        Assert.Equal([("mine", null)], await Reading.Servers("pghoard", List(), Reading.Options("mine")));
        Assert.Equal(
            "$.basebackups: the list is empty and does not say of which site: name it with --server",
            await Reading.Refusal("pghoard", List())
        );
    }

    [Theory]
    [InlineData(
        """{"basebackups":[{"name":"b","size":1}]}""",
        "$.basebackups[0].name: \"b\" does not say of which site it is: name it with --server"
    )]
    [InlineData(
        """{"basebackups":[{"name":"s/basebackup/","last_modified":"2026-11-22T08:31:38Z"}]}""",
        "$.basebackups[0].name: the name is empty"
    )]
    [InlineData("""{"basebackups":[{"name":"s/basebackup/b","size":1}]}""", "$.basebackups[0].last_modified: the finish time is missing")]
    [InlineData(
        """{"basebackups":[{"name":"s/basebackup/b","metadata":"x"}]}""",
        "$.basebackups[0].metadata: an object is expected here, not a string"
    )]
    [InlineData("""{"basebackups":null}""", "$.basebackups: an array of base backups is expected here, not null")]
    [InlineData(
        """{"message":"not found"}""",
        "$: there is no key basebackups: the output of `pghoard's GET /SITE/basebackup` is expected"
    )]
    [InlineData("""{"basebackups":[],"basebackups":[]}""", "$: the key \"basebackups\" stands twice in this object")]
    public async Task What_cannot_be_is_refused_with_its_place(string text, string message) =>
        Assert.Equal(message, await Reading.Refusal("pghoard", text));
}
