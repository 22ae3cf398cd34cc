using System.Text;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Catalog;
using BackupMetricsJob.Catalog.Import.Archive;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Catalog.Import;

/// <summary>
/// The listings of archives as the tools print them, what they leave of an archive, and what is no listing of one archive.
/// </summary>
public sealed class ArchiveListingFileTests
{
    const string First = "00000001000000000000002B";
    const string Sha1 = "4d6668764e504a1db2f167837778f0929e084207";

    [Theory]
    [InlineData(First)]
    [InlineData(First + "-" + Sha1)]
    [InlineData(First + "-" + Sha1 + ".gz")]
    [InlineData(First + ".lz4")]
    [InlineData(First + ".zst")]
    [InlineData(First + ".br")]
    [InlineData(First + ".xz")]
    [InlineData(First + ".lzma")]
    [InlineData(First + ".lzo")]
    [InlineData(First + ".bz2")]
    [InlineData(First + ".snappy")]
    [InlineData(First + ".gpg")]
    [InlineData(First + ".age")]
    [InlineData(First + ".gz.gpg")]
    public async Task Segments_by_every_name(string name) =>
        Assert.Equal(
            $"segments 1 {First}..{First}",
            Described(await ReadAsync($"1796008534.25 1234 wal_005/{name}\n1796008534.25 253 wal_005/readme\n"))
        );

    [Theory]
    [InlineData(First + ".partial", "Partial 1 " + First)]
    [InlineData(First + ".partial-" + Sha1 + ".gz", "Partial 1 " + First)]
    [InlineData(First + ".00000028.backup", "Backup 1 " + First)]
    [InlineData(First + ".00000028.backup.lz4", "Backup 1 " + First)]
    [InlineData("00000002.history", "History 2 000000020000000000000000")]
    [InlineData("0000000A.history.zst", "History 10 0000000A0000000000000000")]
    public async Task Other_files_of_an_archive(string name, string expected) =>
        Assert.Equal(expected, Described(await ReadAsync($"1796008534.25 1234 {name}\n")));

    [Theory]
    [InlineData(First + ".tmp")]
    [InlineData(First + ".metadata")]
    [InlineData(First + ".gz.tmp")]
    [InlineData(First + "-" + "4D6668764e504a1db2f167837778f0929e084207")]
    [InlineData("00000001000000000000002b")]
    [InlineData("00000000000000000000002B")]
    [InlineData("00000001000000000000102B")]
    [InlineData("." + First)]
    [InlineData("archive.info")]
    public async Task Files_that_are_none(string name)
    {
        var listed = await ReadAsync($"1796008534.25 1234 x/{name}\n");

        Assert.Equal(("", 1L, $"x/{name}"), (Described(listed), listed.OtherFiles, listed.FirstOther));
    }

    [Fact]
    public async Task The_same_archive_in_each_format()
    {
        const string Expected =
            "segments 1 000000010000000000000001..000000010000000000000002\nsegments 1 000000010000000000000004..000000010000000000000004\n"
            + "Backup 1 000000010000000000000002";

        foreach (var file in new[] { "repo-ls.json", "lsjson.json", "find.txt" })
        {
            var listed = await ReadAsync(await File.ReadAllTextAsync(Path.Combine(Repository.Tests, "Fixtures", "archive", file)));
            Assert.Equal((file, Expected), (file, Described(listed)));
            Assert.Equal(1796008534L, listed.Segments[0].StoredAt / 1_000_000);
        }
    }

    [Fact]
    public async Task What_wal_g_says_of_its_archive()
    {
        var shown = await ReadAsync(Reading.Fixture("archive/wal-show.json"));
        Assert.Equal(
            "segments 1 0000000100000000000000FD..0000000100000000000000FE\nsegments 1 000000010000000100000000..000000010000000100000002\n"
                + "segments 2 000000020000000100000003..000000020000000200000003\nHistory 2 "
                + "000000020000000000000000\nPartial 1 000000010000000100000003",
            Described(shown)
        );
        Assert.Equal((262L, 16L << 20), (shown.Names, shown.SegmentSize));

        var verified = await ReadAsync(
            """
            {"integrity":{"status":"WARNING","details":[
              {"timeline_id":3,"start_segment":"0000000300000000000000FE","end_segment":"000000030000000100000001",
               "segments_count":4,"status":"FOUND"},
              {"timeline_id":4,"start_segment":"000000040000000100000002","end_segment":"000000040000000100000002",
               "segments_count":1,"status":"MISSING_LOST"},
              {"timeline_id":4,"start_segment":"000000040000000100000003","end_segment":"000000040000000100000004",
               "segments_count":2,"status":"FOUND"}]},
             "timeline":{"status":"OK","details":{"current_timeline_id":4,"highest_storage_timeline_id":4}}}
            """
        );
        Assert.Equal(
            "segments 3 0000000300000000000000FE..000000030000000100000001\nsegments 4 000000040000000100000003..000000040000000100000004\n"
                + "History 4 000000040000000000000000",
            Described(verified)
        );
    }

    [Theory]
    [InlineData(1, 0xFFF)]
    [InlineData(16, 0xFF)]
    [InlineData(64, 0x3F)]
    [InlineData(1024, 3)]
    public async Task The_size_of_a_segment_by_its_files_joins_what_goes_over_a_boundary(int megabytes, int last)
    {
        var size = (long)megabytes << 20;
        var listed = await ReadAsync($"1 {size} 0000000100000000{last:X8}\n2 {size} 000000010000000100000000\n");

        Assert.Equal(($"segments 1 0000000100000000{last:X8}..000000010000000100000000", size), (Described(listed), listed.SegmentSize));
    }

    [Fact]
    public async Task A_file_that_is_shorter_than_the_others_or_empty_is_no_segment()
    {
        var lines = string.Concat(Enumerable.Range(1, 5).Select(i => $"1 {(i == 3 ? 8 << 20 : 16 << 20)} 0000000100000000{i:X8}\n"));
        var listed = await ReadAsync(lines + "1 0 000000010000000000000006\n");

        Assert.Equal((4L, 2L), (listed.Names, listed.Broken));
        Assert.Equal(
            "segments 1 000000010000000000000001..000000010000000000000002\nsegments 1 000000010000000000000004..000000010000000000000005",
            Described(listed)
        );
        // Where none has the size of a segment, they are packed under their own names.
        Assert.Equal(
            (3L, 0L),
            await ReadAsync("1 5 000000010000000000000001\n1 7 000000010000000000000002\n1 9 000000010000000000000003\n") is var packed
                ? (packed.Names, packed.Broken)
                : default
        );
    }

    [Fact]
    public async Task After_an_upgrade_the_newest_cluster_of_a_stanza_counts()
    {
        const string Line = "1 16777216 archive/orders/";
        var listed = await ReadAsync(
            $"{Line}15-1/0000000100000000/{First}-{Sha1}\n{Line}15-1/00000002.history\n"
                + $"{Line}16-10/0000000100000000/000000010000000000000001-{Sha1}\n"
                + $"{Line}16-9/0000000100000000/000000010000000000000007-{Sha1}\n"
        );

        Assert.Equal("segments 1 000000010000000000000001..000000010000000000000001", Described(listed));
    }

    [Fact]
    public async Task History_files_may_lie_beside_the_folder_of_the_segments() =>
        Assert.Equal(
            $"segments 1 {First}..{First}\nHistory 2 000000020000000000000000",
            Described(await ReadAsync($"1 5 site/xlog/{First}\n1 5 site/timeline/00000002.history\n"))
        );

    [Theory]
    [InlineData("", "the input is empty")]
    [InlineData("total 8\n", "the input is no listing, it begins with \"total 8\"")]
    [InlineData("1 5 a/" + First + "\n1 5 b/" + First + "\n", "the listing has WAL segments in 2 folders, \"a\" and \"b\"")]
    [InlineData("1 5 " + First, "the input ends in the middle of line 1")]
    [InlineData("1 5 " + First + "\nx\n", "line 2 is not a time in seconds, a size in bytes and a path")]
    [InlineData("[{\"Path\":\"" + First + "\",\"Size\":5}", "$: the input ends in the middle of the JSON")]
    [InlineData("{\"" + First + "\":{\"type\":\"file\"}", "$: the input ends in the middle of the JSON")]
    [InlineData("[{\"Size\":5}]", "$: an object has no Path")]
    [InlineData("[{\"backup_name\":\"base\"}]", "this is what wal-g prints, not the listing of a WAL archive: use `import wal-g`")]
    [InlineData("[{\"name\":\"base\"}]", "the input is another document")]
    [InlineData("{\"a\":1}", "the input is another document, it begins with")]
    [InlineData("{\"" + First + "\":{\"type\":\"file\"},\"a\":1}", "$: an object for each file is expected here")]
    [InlineData("[{\"Path\":\"\\ud800\"}]", "$: a text in it is not valid UTF-8 or Unicode")]
    [InlineData("{\"integrity\":{}}", "$.integrity: it has no \"details\"")]
    [InlineData(
        "[{\"id\":1,\"start_segment\":\"x\",\"end_segment\":\"y\"}]",
        "$[0]: \"start_segment\" is expected to be the name of a segment"
    )]
    public async Task What_is_no_listing_of_one_archive(string input, string expected) =>
        Assert.StartsWith(expected, (await Assert.ThrowsAsync<ListingException>(() => ReadAsync(input))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_size_that_the_names_contradict_is_refused() =>
        Assert.Contains(
            "--wal-segment-size is wrong",
            (await Assert.ThrowsAsync<ListingException>(() => ReadAsync("1 5 0000000100000000000001FF.gz\n", 16 << 20))).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public async Task Names_in_any_order_twice_and_in_small_pieces_are_the_same_ranges()
    {
        var lines = Enumerable
            .Range(0, 40_000)
            .Where(i => i != 12_345)
            .Select(i => $"{i}.5 16777216 {SegmentName.Format(1, (long)(i / 256) << 32 | (uint)(i % 256))}")
            .ToArray();
#pragma warning disable CA5394 // An order to test with.
        new Random(7).Shuffle(lines);
#pragma warning restore CA5394

        var listed = await ReadAsync(string.Join('\n', lines.Concat(lines.Take(3))) + "\n");

        Assert.Equal(
            "segments 1 000000010000000000000000..000000010000003000000038\nsegments 1 00000001000000300000003A..000000010000009C0000003F",
            Described(listed)
        );
        Assert.Equal([12_344_500_000, 39_999_500_000], listed.Segments.Select(run => run.StoredAt));
    }

    static async Task<ParsedArchiveListing> ReadAsync(string input, long? segmentSize = null)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(input));
        return await ArchiveReader.ReadAsync(stream, segmentSize, CancellationToken.None);
    }

    static string Described(ParsedArchiveListing listed) =>
        string.Join(
            '\n',
            listed
                .Segments.Select(run =>
                    $"segments {run.Timeline} {SegmentName.Format(run.Timeline, run.First)}..{SegmentName.Format(run.Timeline, run.Last)}"
                )
                .Concat(listed.Marks.Select(mark => $"{mark.Kind} {mark.Timeline} {SegmentName.Format(mark.Timeline, mark.Place)}"))
        );
}
