using System.Text.Json.Nodes;
using BackupMetricsJob.Catalog;
using BackupMetricsJob.Catalog.Import;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Catalog.Import;

/// <summary>docs/import-generic.schema.json accepts what the reader accepts, and nothing else.</summary>
public sealed class GenericSchemaTests
{
    const string Backup = """
        {"server": "orders", "tool": "pgmoneta", "type": "incr", "id": "b-2", "status": "done", "storage": "s3", "started": 1795312800,
         "finished": "2026-11-22T02:04:11.5+01:00", "parent": "b-1", "size_bytes": 4096, "stored_bytes": "1024", "keep": "forever",
         "error": "slow", "has_errors": false, "start_lsn": "0/2B000028", "stop_lsn": "0/2C000000", "start_wal": "00000002000000000000002B",
         "stop_wal": "00000002000000000000002C", "timeline": 2, "version": "17.2", "system_identifier": "7575000000000000001",
         "database": "orders"}
        """;

    static readonly string SchemaFile = Path.Combine(Repository.Root, "docs", "import-generic.schema.json");

    static readonly string[] Values =
    [
        "null",
        "5",
        "-1",
        "0",
        "0.5",
        "1795150000000",
        "1795312800123456789012",
        "true",
        "false",
        "\"\"",
        "\" \"",
        "\"x\"",
        "\"a\\nb\"",
        "\"x\\n\"",
        "\"12\"",
        "\"forever\"",
        "\"done\"",
        "\"failed\"",
        "\"running\"",
        "\"waiting\"",
        "\"DONE\"",
        "\"full\"",
        "\"base\"",
        "\"2026-11-22T02:04:11Z\"",
        "\"2026-11-22 02:04:11+00\"",
        "\"2026-11-22 02:04:11+0530\"",
        "\"2026-11-22T02:04:11\"",
        "\"2026-11-22\"",
        "\"2026-13-22T02:04:11Z\"",
        "\"2026-11-22T02:04:11Z\\n\"",
        "\"2026-11-22T02:04:11+15:00\"",
        "\"0/0\"",
        "\"1/ABCDEF01\"",
        "\"1/ABCDEF012\"",
        "\"0000000000000000000000AB\"",
        "\"00000001000000000000002b\"",
        "\"FF0000010000000000000001\"",
        "\"9.6.24\"",
        "\"170002\"",
        "170002",
        "17",
        "\"-7\"",
        "\"7575000000000000001\"",
        "[]",
        "[\"a\"]",
        "[\"s3\", \"default\"]",
        "[\"a\", \"a\"]",
        "[1]",
        "{}",
    ];

    [Fact]
    public void It_has_the_readers_keys_and_patterns()
    {
        var schema = JsonNode.Parse(File.ReadAllText(SchemaFile))!;
        var backup = schema["$defs"]!["backup"]!["properties"]!.AsObject();

        Assert.Equal(GenericBackup.Keys.Order(), backup.Select(pair => pair.Key).Order());
        Assert.Equal(GenericDocument.Keys.Order(), schema["anyOf"]![1]!["properties"]!.AsObject().Select(pair => pair.Key).Order());
        Assert.Equal(GenericValues.TimePattern, Pattern("time"));
        Assert.Equal(GenericValues.ToolPattern, Pattern("tool"));
        Assert.Equal(GenericValues.ToolPattern, Pattern("optional-tool"));
        Assert.Equal(GenericValues.BytesPattern, Pattern("bytes"));
        Assert.Equal(GenericValues.VersionPattern, Pattern("version"));
        Assert.Equal(GenericValues.SystemIdentifierPattern, Pattern("system-identifier"));
        Assert.Equal(GenericValues.PositionPattern, Pattern("lsn"));
        Assert.Equal(GenericValues.SegmentPattern, Pattern("segment"));

        string Pattern(string name) => (string)schema["$defs"]![name]!["pattern"]!;
    }

    /// <summary>Each key is removed, misspelt and set to every value, in lists of both forms.</summary>
    [Fact]
    public async Task Reader_and_schema_give_the_same_verdict_on_every_damaged_list()
    {
        var cases = Cases().Distinct().ToList();
        var result = await ChildProcess.RunAsync(
            Tool.Find("node", "apt-get install nodejs"),
            [Path.Combine(Repository.Tests, "Configuration", "schema-verdicts.cjs"), SchemaFile],
            new() { Input = string.Join('\n', cases) + "\n" }
        );
        Assert.True(result.ExitCode == 0, result.Error);
        var verdicts = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(cases.Count, verdicts.Length);
        Assert.InRange(verdicts.Count(verdict => verdict == "true"), 300, cases.Count);
        Assert.InRange(verdicts.Count(verdict => verdict != "true"), 2000, cases.Count);
        var differ = new List<string>();
        for (var i = 0; i < cases.Count; i++)
        {
            if (await RefusalOf(cases[i]) is var refusal && refusal is null != (verdicts[i] == "true"))
                differ.Add($"{cases[i]}\n  reader: {refusal}\n  schema: {verdicts[i]}");
        }

        Assert.True(differ.Count == 0, $"{differ.Count} of {cases.Count} differ:\n{string.Join('\n', differ.Take(12))}");
    }

    /// <summary>Null also for what no schema can say: what cannot be true, and a storage that the list is not about.</summary>
    static async Task<string?> RefusalOf(string text)
    {
        try
        {
            await Reading.Of("generic", text);
            return null;
        }
        catch (ListingException e)
        {
            return Unsaid.Any(unsaid => e.Message.Contains(unsaid, StringComparison.Ordinal)) ? null : e.Message;
        }
    }

    static readonly string[] Unsaid =
    [
        "before the year 2000",
        "in the future",
        "but start_wal is of timeline",
        "it ends before it starts",
        "is none of the \"storages\"",
    ];

    static IEnumerable<string> Cases()
    {
        var backup = JsonNode.Parse(Backup)!.AsObject();
        yield return $"[{Backup}]".Replace("\n", "", StringComparison.Ordinal);
        foreach (var change in Changed(backup))
            yield return $"[{change}]";
        foreach (var status in new[] { "failed", "running", "waiting" })
        {
            foreach (var change in Changed(With(backup, "status", status)))
                yield return $"[{change}]";
        }

        var inside = backup.DeepClone().AsObject();
        inside.Remove("tool");
        foreach (
            var head in new[]
            {
                """{"tool": "pgmoneta", "backups": []}""",
                """{"tool": "pgmoneta", "server": "orders", "backups": []}""",
                """{"tool": "pgmoneta", "server": "orders", "complete": false, "backups": []}""",
                """{"tool": "pgmoneta", "server": "orders", "error": "no bucket"}""",
                """{"tool": "pgmoneta", "servers": ["orders", "b"], "storages": ["s3"], "backups": []}""",
                """{"tool": "pgmoneta", "server": "orders", "system_identifier": "7", "version": 170002, "backups": []}""",
            }
        )
        {
            var document = JsonNode.Parse(head)!.AsObject();
            foreach (var count in new[] { 0, 1 })
            {
                if (count == 1 && document.ContainsKey("backups"))
                {
                    var item = inside.DeepClone().AsObject();
                    if (document.ContainsKey("server"))
                        item.Remove("server");
                    document["backups"] = new JsonArray(item);
                    foreach (var change in Changed(item))
                        yield return Put(document, "backups", $"[{change}]");
                }

                yield return document.ToJsonString();
                foreach (var change in Changed(document, GenericDocument.Keys))
                    yield return change;
            }
        }

        foreach (var value in Values)
            yield return value;
    }

    static IEnumerable<string> Changed(JsonObject whole, IEnumerable<string>? more = null)
    {
        foreach (var key in whole.Select(pair => pair.Key).Union(more ?? []).ToList())
        {
            foreach (var value in Values)
                yield return Put(whole, key, value);
            var without = whole.DeepClone().AsObject();
            without.Remove(key);
            yield return without.ToJsonString();
            without[key + "x"] = whole[key]?.DeepClone();
            yield return without.ToJsonString();
        }
    }

    static JsonObject With(JsonObject whole, string key, string value)
    {
        var copy = whole.DeepClone().AsObject();
        copy[key] = value;
        return copy;
    }

    static string Put(JsonObject whole, string key, string value)
    {
        var copy = whole.DeepClone().AsObject();
        copy[key] = JsonNode.Parse(value);
        return copy.ToJsonString();
    }
}
