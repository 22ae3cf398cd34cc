using System.Text;
using System.Text.Json;
using BackupMetricsJob.Catalog;
using BackupMetricsJob.Catalog.Import;
using FsCheck;
using FsCheck.Fluent;

namespace BackupMetricsJob.Tests.Catalog.Import;

public class JsonStreams
{
    const string Sample = """
        {"a": [1, "two", {"three": [null, true]}, []], "b c": {"d": {"e": "f\u00e9g"}}, "": -1.5e3, "long": "0123456789012345678901234567890123456789012345678901234567890123456789"}
        """;

    [Fact]
    public async Task Tokens_and_their_places_are_the_same_whatever_the_size_of_the_buffer()
    {
        var whole = await Tokens(Sample, 64 * 1024);
        Assert.Contains("$['b c'].d.e String", whole);
        Assert.Contains("$.a[2].three[1] True", whole);
        Assert.Contains("$['']", string.Join('\n', whole), StringComparison.Ordinal);
        foreach (var size in new[] { 1, 16, 17, 33, 64 })
            Assert.Equal(whole, await Tokens(Sample, size));
    }

    [Fact]
    public async Task Values_are_the_same_whatever_the_size_of_the_buffer()
    {
        var members = Enumerable.Range(0, 50).Select(number => $$"""{"n":{{number}},"x":"{{new string('y', number * 3)}}"}""").ToList();
        foreach (var size in new[] { 1, 16, 100, 4096 })
        {
            using var input = new MemoryStream(Encoding.UTF8.GetBytes($"[{string.Join(" , ", members)}]"));
            using var json = new JsonStream(input, size);
            await json.ExpectAsync(JsonTokenType.StartArray, "", CancellationToken.None);
            var read = new List<string>();
            while (await json.ValueAsync(CancellationToken.None) is { } item)
            {
                Assert.Equal($"$[{read.Count}]", item.Fields.Path);
                Assert.Equal(read.Count, item.Fields.Count("n"));
                read.Add(item.Raw!);
            }

            Assert.Equal(members, read);
            Assert.Equal(JsonTokenType.None, await json.ReadAsync(CancellationToken.None));
        }
    }

    [Fact]
    public async Task What_is_passed_over_may_be_larger_than_any_buffer()
    {
        await using var input = new Endless("{\"skip\":[", number => $"{{\"n\":[{number}]}}", 200_000, "],\"keep\":1}", canSeek: false);
        using var json = new JsonStream(input, 64);
        await json.ReadAsync(CancellationToken.None);
        await json.ReadAsync(CancellationToken.None);
        await json.SkipAsync(CancellationToken.None);
        Assert.Equal(JsonTokenType.PropertyName, await json.ReadAsync(CancellationToken.None));
        Assert.Equal(("keep", "$.keep"), (json.Key, json.Path));
    }

    [Fact]
    public void Where_a_reader_of_the_platform_fails_this_one_fails_whatever_the_size_of_the_buffer() =>
        Prop.ForAll(
            Gen.Elements("[", "]", "{", "}", ",", ":", " ", "\"k\"", "\"l\"", "\"\\u00e9\"", "1", "-", "0.5", "nul", "null", "tru", "true", "\"").NonEmptyListOf()
                .Select(parts => string.Concat(parts)).ToArbitrary(),
            text =>
            {
                var isJson = IsJson(text);
                foreach (var size in new[] { 1, 3, 4096 })
                {
                    if (isJson != IsRead(text, size))
                        return false;
                }

                return true;
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    static bool IsJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    static bool IsRead(string text, int size)
    {
        try
        {
            Tokens(text, size).GetAwaiter().GetResult();
            return true;
        }
        catch (ListingException)
        {
            return false;
        }
    }

    static async Task<List<string>> Tokens(string text, int size)
    {
        using var input = new MemoryStream(Encoding.UTF8.GetBytes(text));
        using var json = new JsonStream(input, size);
        var tokens = new List<string>();
        while (await json.ReadAsync(CancellationToken.None) is not JsonTokenType.None and var token)
            tokens.Add($"{json.Path} {token}");
        return tokens;
    }
}
