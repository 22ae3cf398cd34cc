using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using BackupMetricsJob.Catalog;
using BackupMetricsJob.Catalog.Import;
using FsCheck;
using FsCheck.Fluent;

namespace BackupMetricsJob.Tests.Catalog.Import;

public class JsonTextTests
{
    const string Sample = """
        {"a": [1, "two", {"three": [null, true]}, [], [[]]], "b c": {"d": {"e": "f\u00e9g"}}, "": -1.5e3, "long": "0123456789012345678901234567890123456789012345678901234567890123456789"}
        """;

    [Fact]
    public async Task Values_and_their_places_are_the_same_however_the_memory_is_cut()
    {
        var whole = await Values(Sample, 64 * 1024);
        Assert.Contains("$.a[2].three[1] True true", whole);
        Assert.Contains("$.a[3] StartArray []", whole);
        Assert.Contains("$.a[4][0] StartArray []", whole);
        Assert.Contains("$['b c'].d.e String \"f\\u00e9g\"", whole);
        Assert.Contains("$[''] Number -1.5e3", whole);
        foreach (var size in new[] { 1, 16, 17, 33, 64 })
            Assert.Equal(whole, await Values(Sample, size));
    }

    [Fact]
    public async Task Backups_are_the_same_however_the_memory_is_cut()
    {
        var members = Enumerable.Range(0, 50).Select(number => $$"""{"n":{{number}},"x":"{{new string('y', number * 3)}}é"}""").ToList();
        foreach (var size in new[] { 1, 16, 100, 4096 })
        {
            var read = await With($"[{string.Join(" , ", members)}]", size, json => json.Items("").Select(item => item.Parse()).ToList());
            Assert.Equal(members, read.Select(item => item.Raw));
            Assert.Equal(
                Enumerable.Range(0, 50).Select(number => ($"$[{number}]", (long?)number)),
                read.Select(item => (item.Path, item.Count("n")))
            );
        }
    }

    [Fact]
    public async Task The_line_and_the_byte_are_those_of_the_whole_input_however_long()
    {
        var text = "[\n" + string.Concat(Enumerable.Repeat("{\"backup_name\":\"x\"},\n", 200_000)) + "  {,}]";
        Assert.Equal(
            "$: not JSON at line 200002, byte 4: ',' is an invalid start of a property name. Expected a '\"'.",
            await Reading.Refusal("wal-g", text)
        );
    }

    [Fact]
    public async Task An_object_with_more_keys_than_any_tool_prints_is_refused_before_it_fills_the_memory()
    {
        var text = "{" + string.Join(',', Enumerable.Range(0, 100_001).Select(number => $"\"s{number}\":[]")) + "}";
        Assert.Equal("$: an object here has more than 100000 keys", await Reading.Refusal("barman", text));
    }

    [Fact]
    public void Where_a_reader_of_the_platform_fails_this_one_fails_however_the_memory_is_cut() =>
        Prop.ForAll(
                Gen.Elements(
                        "[",
                        "]",
                        "{",
                        "}",
                        ",",
                        ":",
                        " ",
                        "\"k\"",
                        "\"l\"",
                        "\"\\u00e9\"",
                        "1",
                        "-",
                        "0.5",
                        "nul",
                        "null",
                        "tru",
                        "true",
                        "\""
                    )
                    .NonEmptyListOf()
                    .Select(parts => string.Concat(parts))
                    .Where(text => text.TrimStart().StartsWith('[') || text.TrimStart().StartsWith('{'))
                    .ToArbitrary(),
                text =>
                {
                    var isJson = IsJson(text);
                    foreach (var size in new[] { 1, 3, 4096 })
                    {
                        if (isJson != IsRead(text, size))
                            return false;
                    }

                    return true;
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

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
            Values(text, size).GetAwaiter().GetResult();
            return true;
        }
        catch (ListingException)
        {
            return false;
        }
    }

    static Task<List<string>> Values(string text, int size) => With(text, size, json => All(json).ToList());

    static IEnumerable<string> All(JsonText json)
    {
        var inner = json.Kind switch
        {
            JsonTokenType.StartObject => json.Members("").Values.SelectMany(All),
            JsonTokenType.StartArray => json.Items("").SelectMany(All),
            _ => [],
        };
        return inner.Prepend($"{json.Path} {json.Kind} {json.Parse().Element.GetRawText()}");
    }

    static async Task<T> With<T>(string text, int size, Func<JsonText, T> read)
    {
        using var input = new Trickle(Encoding.UTF8.GetBytes(text), size);
        var pipe = PipeReader.Create(input, new StreamPipeReaderOptions(bufferSize: size, minimumReadSize: 1));
        var result = read(await JsonInput.ReadAsync(pipe, "barman", CancellationToken.None));
        await pipe.CompleteAsync();
        return result;
    }
}
