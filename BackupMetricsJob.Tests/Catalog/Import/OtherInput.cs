using System.IO.Compression;
using System.Text;
using BackupMetricsJob.Catalog;
using BackupMetricsJob.Catalog.Import;

namespace BackupMetricsJob.Tests.Catalog.Import;

/// <summary>Input that is not the tool's is named for what it is.</summary>
public class OtherInput
{
    [Theory]
    [InlineData("wal-g", "pgbackrest/info_10_full_diff_incr.json", "the output of pgbackrest info")]
    [InlineData("wal-g", "barman/list_backups_all.json", "the output of barman list-backups")]
    [InlineData("wal-g", "walg/wal_verify_ok.json", "the output of wal-g wal-verify, not of backup-list")]
    [InlineData("pgbackrest", "walg/backup_list_detail.json", "the output of wal-g backup-list")]
    [InlineData("pgbackrest", "barman/show_backup_pgrsync_latest.json", "the output of barman show-backup")]
    [InlineData("barman", "pghoard/http_basebackups.json", "pghoard's list of base backups")]
    [InlineData("barman", "barman/check_pgrsync.json", "the output of barman check, not of list-backups")]
    [InlineData("barman", "pghoard/pghoard_state.json", "pghoard's state file, not its list of base backups")]
    [InlineData("pghoard", "pghoard/pghoard_state.json", "pghoard's state file, not its list of base backups")]
    [InlineData("pghoard", "barman/list_backups_all.json", "the output of barman list-backups")]
    public async Task Another_output_of_a_tool_is_recognised(string tool, string file, string name)
    {
        var message = await Reading.Refusal(tool, Reading.Fixture(file), Reading.Options("db1"));
        Assert.Equal($"the input looks like {name}: the output of `{ToolOutput.Command(tool)}` is expected", message);
    }

    [Theory]
    [InlineData("<!DOCTYPE html>\n<title>502</title>", "the input is a page of HTML or XML (\"<!DOCTYPE html>\"), perhaps of a proxy or an error")]
    [InlineData("\n  <?xml version=\"1.0\"?>", "the input is a page of HTML or XML (\"<?xml version=\"1.0\"?>\"), perhaps of a proxy or an error")]
    [InlineData("name  modified\nbase_1 2026", "the input is not JSON: it begins with \"name  modified\"")]
    [InlineData("\u001b[31mERROR: 2026", "the input is not JSON: it begins with \"[31mERROR: 2026\"")]
    [InlineData("7", "the input is not JSON: it begins with \"7\"")]
    [InlineData("", "the input is empty")]
    [InlineData("   \n", "the input is empty")]
    [InlineData("{\0", "the input is in UTF-16 or UTF-32, or binary, not in UTF-8")]
    [InlineData("BZh91", "the input is compressed with bzip2")]
    public async Task What_is_not_JSON_is_named(string input, string what)
    {
        foreach (var tool in ToolOutput.Tools)
            Assert.StartsWith(what, await Reading.Refusal(tool, input, Reading.Options("db1")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_text_list_of_pghoard_is_no_JSON() =>
        Assert.StartsWith("the input is not JSON: it begins with \"Available 'example-site' basebackups:\"", await Reading.Refusal("pghoard", Reading.Fixture("pghoard/list_basebackups.txt")), StringComparison.Ordinal);

    [Fact]
    public async Task A_compressed_list_and_one_in_another_encoding_are_refused()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes(Reading.Fixture("walg/backup_list_detail.json")));
        async Task<string> Refusal(byte[] input) => (await Assert.ThrowsAsync<ListingException>(() => Reading.Of("wal-g", input))).Message;

        Assert.StartsWith("the input is compressed with gzip: ", await Refusal(packed.ToArray()), StringComparison.Ordinal);
        foreach (var encoding in new Encoding[] { Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32 })
        {
            Assert.StartsWith("the input is in UTF-16 or UTF-32", await Refusal(encoding.GetBytes("[]")), StringComparison.Ordinal);
            Assert.StartsWith("the input is in UTF-16 or UTF-32", await Refusal([.. encoding.GetPreamble(), .. encoding.GetBytes("[]")]), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_byte_order_mark_of_UTF_8_is_passed_over()
    {
        foreach (var (tool, file) in Reading.Fixtures)
            Assert.Equal(await Reading.Of(tool, Reading.Fixture(file)), await Reading.Of(tool, "\uFEFF" + Reading.Fixture(file)));
    }

    [Fact]
    public async Task Text_that_is_not_UTF_8_is_refused_with_its_place()
    {
        var bytes = Encoding.Latin1.GetBytes("[{\"backup_name\":\"caf\u00e9\",\"time\":\"2026-11-22T01:00:00Z\"}]");
        var error = await Assert.ThrowsAsync<ListingException>(() => Reading.Of("wal-g", bytes));
        Assert.Equal("$[0]: the text here is not valid UTF-8", error.Message);
    }

    [Fact]
    public async Task One_value_without_end_is_refused_before_it_fills_the_memory()
    {
        using var stream = new Endless("[{\"backup_name\":\"", _ => new string('x', 100_000), 1000, "", canSeek: true);
        var error = await Assert.ThrowsAsync<ListingException>(() => Reading.Of("wal-g", stream));
        Assert.Equal("$: one value here is longer than 16777216 bytes: no tool prints that of one backup", error.Message);
    }

    [Fact]
    public async Task Nested_without_end_is_refused() =>
        Assert.StartsWith("$: not JSON at line 1, byte ", await Reading.Refusal("wal-g", "[{\"backup_name\":" + new string('[', 100_000)), StringComparison.Ordinal);
}
