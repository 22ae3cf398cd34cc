using System.Text;
using BackupMetricsJob.Catalog;
using BackupMetricsJob.Catalog.Import;
using FsCheck;
using FsCheck.Fluent;

namespace BackupMetricsJob.Tests.Catalog.Import;

public class BrokenInputTests
{
    [Fact]
    public async Task A_list_cut_at_any_byte_is_refused_unless_only_blanks_are_missing()
    {
        foreach (var (tool, file) in Reading.Fixtures)
        {
            var whole = Encoding.UTF8.GetBytes(Reading.Fixture(file));
            var needed = Encoding.UTF8.GetByteCount(Reading.Fixture(file).TrimEnd());
            var items = await Reading.Of(tool, whole);
            for (var length = 0; length < whole.Length; length++)
            {
                if (length >= needed)
                    Assert.Equal(Reading.Text(items), Reading.Text(await Reading.Of(tool, whole[..length])));
                else
                    await Assert.ThrowsAsync<ListingException>(() => Reading.Of(tool, whole[..length]));
            }
        }
    }

    [Fact]
    public async Task Half_a_file_is_said_to_end_in_the_middle_and_where()
    {
        var text = Reading.Fixture("pgbackrest/info_10_full_diff_incr.json");
        Assert.Equal("$: the input ends in the middle of the JSON, after 1000 bytes", await Reading.Refusal("pgbackrest", text[..1000]));
    }

    [Fact]
    public async Task What_comes_byte_by_byte_or_in_pieces_through_a_pipe_says_the_same()
    {
        foreach (var (tool, file) in Reading.Fixtures)
        {
            var content = Encoding.UTF8.GetBytes(Reading.Fixture(file));
            var whole = await Reading.Of(tool, content);
            foreach (var atMost in new[] { 1, 7, 1000 })
            {
                using var stream = new Trickle(content, atMost);
                Assert.Equal(Reading.Text(whole), Reading.Text(await Reading.Of(tool, stream)));
            }
        }
    }

    [Fact]
    public async Task Trailing_garbage_is_refused()
    {
        foreach (var (tool, file) in Reading.Fixtures)
        {
            foreach (var garbage in new[] { "x", "]", "[]", "\0", ",", "\n{}" })
                await Assert.ThrowsAsync<ListingException>(() => Reading.Of(tool, Reading.Fixture(file) + garbage));
        }
    }

    [Fact]
    public void A_list_with_a_few_bytes_changed_is_read_or_refused_and_nothing_else() =>
        Prop.ForAll(
                (
                    from fixture in Gen.Elements(Reading.Fixtures.ToArray())
                    from changes in Gen.Zip(
                            Gen.Choose(0, int.MaxValue),
                            Gen.OneOf(
                                Gen.Choose(0, 255),
                                Gen.Elements<int>('"', '{', '}', '[', ']', ',', ':', '\\', '-', '9', '0', 'e', ' ')
                            )
                        )
                        .NonEmptyListOf()
                    select (fixture, changes)
                ).ToArbitrary(),
                sample =>
                {
                    var content = Encoding.UTF8.GetBytes(Reading.Fixture(sample.fixture.File));
                    foreach (var (place, value) in sample.changes.Take(5))
                        content[place % content.Length] = (byte)value;
                    return IsReadOrRefused(sample.fixture.Tool, content);
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1500));

    [Fact]
    public void Anything_at_all_is_read_or_refused_and_nothing_else() =>
        Prop.ForAll(
                (
                    from tool in Gen.Elements(ToolOutput.Tools.ToArray())
                    from pieces in Gen.Elements(
                            "[",
                            "]",
                            "{",
                            "}",
                            ",",
                            ":",
                            "null",
                            "true",
                            "-1",
                            "1e999",
                            "\"\"",
                            "\"a\"",
                            "\"\\ud800\"",
                            "\"\\u0000\"",
                            "\"backup_name\":",
                            "\"name\":\"s\"",
                            "\"backup\":[",
                            "\"status\":",
                            "{\"code\":0}",
                            "\"basebackups\":",
                            "\"_ERROR\":",
                            "\"backup_id\":\"20261122T082632\"",
                            "\"time\":\"2026-11-22T01:00:00Z\"",
                            "\"db\":",
                            "\"repo\":",
                            "\u00e9",
                            "\n"
                        )
                        .ListOf()
                    from first in Gen.Elements("", "[{", "{", "[", "{\"a\":[{", "{\"basebackups\":[{")
                    select (tool, text: first + string.Concat(pieces))
                ).ToArbitrary(),
                sample => IsReadOrRefused(sample.tool, Encoding.UTF8.GetBytes(sample.text))
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    [Fact]
    public void Random_bytes_are_refused() =>
        Prop.ForAll(
                (
                    from tool in Gen.Elements(ToolOutput.Tools.ToArray())
                    from bytes in Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf()
                    select (tool, bytes)
                ).ToArbitrary(),
                sample => IsReadOrRefused(sample.tool, sample.bytes)
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    static bool IsReadOrRefused(string tool, byte[] content)
    {
        try
        {
            // A stream in memory never makes one wait.
            Reading.Of(tool, content).GetAwaiter().GetResult();
        }
        catch (ListingException refusal)
        {
            return refusal.Message.Length is > 0 and < 1500 && !refusal.Message.Any(char.IsControl);
        }

        return true;
    }
}
