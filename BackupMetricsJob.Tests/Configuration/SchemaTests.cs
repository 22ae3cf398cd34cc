using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Configuration.File;
using BackupMetricsJob.Drill;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Configuration;

/// <summary>docs/configuration.schema.json accepts the same files as the reader.</summary>
public sealed class SchemaTests
{
    static readonly string SchemaFile = Path.Combine(Repository.Root, "docs", "configuration.schema.json");
    static readonly string Tests = Path.Combine(Repository.Tests, "Configuration");

    [Fact]
    public void It_has_the_readers_keys()
    {
        var schema = JsonNode.Parse(File.ReadAllText(SchemaFile))!;
        JsonNode Def(string name) => schema["$defs"]![name]!;

        Assert.Equal(Keys.Root.Order(), Properties(schema));
        Assert.Equal(Keys.Part.Order(), Properties(Def("part")));
        Assert.Equal(Keys.Gateway.Order(), Properties(Def("gateway")));
        Assert.Equal(Keys.BasicAuth.Order(), Properties(Def("gateway")["properties"]!["basic_auth"]!));
        Assert.Equal(Keys.Authorization.Order(), Properties(Def("gateway")["properties"]!["authorization"]!));
        Assert.Equal(Keys.TlsConfig.Order(), Properties(Def("gateway")["properties"]!["tls_config"]!));
        Assert.Equal(Keys.Heartbeat.Order(), Properties(schema["properties"]!["heartbeat"]!));
        Assert.Equal(Keys.Defaults.Order(), Properties(Def("defaults")));
        Assert.Equal(Keys.Target.Order(), Properties(Def("target")));
        Assert.Equal(Keys.MaxAge.Order(), Properties(Def("max_age")));
        Assert.Equal(Keys.Severities.Order(), Properties(Def("limit")["oneOf"]![2]!));
        Assert.Equal(Keys.Connection.Order(), Properties(Def("connection")["oneOf"]![1]!));
        var drill = Def("drill")["oneOf"]![1]!;
        Assert.Equal(Keys.Drill.Order(), Properties(drill));
        Assert.Equal(DrillTools.Names, drill["properties"]!["tool"]!["enum"]!.AsArray().Select(name => (string)name!));
        Assert.Equal(DrillTools.Names, TargetDrill.Tools);
        var sources = Def("sources")["items"]!["oneOf"]!;
        Assert.Equal(Keys.Server.Order(), Properties(sources[1]!["properties"]!["server"]!));
        Assert.Equal(
            OmissionNames.All,
            sources[1]!["properties"]!["server"]!["properties"]!["without"]!["items"]!["enum"]!.AsArray().Select(name => (string)name!)
        );
        Assert.Equal(Keys.Catalog.Order(), Properties(sources[2]!["properties"]!["catalog"]!));
        Assert.Equal(Keys.Query.Order(), Properties(sources[3]!["properties"]!["query"]!));
        Assert.Equal(
            SourceName.All.Order(),
            sources[0]!["enum"]!
                .AsArray()
                .Select(name => (string)name!)
                .Concat([.. Properties(sources[1]!), .. Properties(sources[2]!), .. Properties(sources[3]!)])
                .Distinct()
                .Order()
        );
    }

    [Fact]
    public void Every_map_is_closed()
    {
        var open = new List<string>();
        Walk(JsonNode.Parse(File.ReadAllText(SchemaFile))!);

        Assert.Empty(open);

        void Walk(JsonNode? node)
        {
            if (
                node is JsonObject map
                && map.ContainsKey("properties")
                && map.ContainsKey("type")
                && map["additionalProperties"]?.ToJsonString() != "false"
            )
                open.Add(map.GetPath());
            foreach (
                var child in node is JsonObject o ? o.Select(pair => pair.Value)
                : node is JsonArray a ? a
                : []
            )
                Walk(child);
        }
    }

    /// <summary>
    /// Removes and misspells each key, sets it to a value of every kind, and adds a key to each map.
    /// </summary>
    [Fact]
    public async Task Reader_and_schema_give_the_same_verdict_on_every_damaged_file()
    {
        using var folder = new TempFolder();
        foreach (var name in new[] { "dumps.sql", "5", "true", "host=x" })
            folder.Write(name, "SELECT 1");
        var whole = ToJson(Tree(await File.ReadAllTextAsync(Path.Combine(Tests, "every-key.yaml"))))!;
        var cases = new List<string> { whole.ToJsonString() };
        foreach (var change in Changes(whole))
            cases.Add(change);

        var result = await ChildProcess.RunAsync(
            Tool.Find("node", "apt-get install nodejs"),
            [Path.Combine(Tests, "schema-verdicts.cjs"), SchemaFile],
            new() { Input = string.Join('\n', cases) + "\n" }
        );
        Assert.True(result.ExitCode == 0, result.Error);
        var verdicts = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(cases.Count, verdicts.Length);
        Assert.Equal("true", verdicts[0]);
        Assert.InRange(verdicts.Count(verdict => verdict != "true"), 300, cases.Count);
        Assert.InRange(verdicts.Count(verdict => verdict == "true"), 50, cases.Count);
        var differ = new List<string>();
        for (var i = 0; i < cases.Count; i++)
        {
            var problems = new List<Problem>();
            FileReader.Read(new("--config", ProblemOrigin.Flag, folder.Write("case.json", cases[i])), null, problems);
            if ((problems.Count == 0) != (verdicts[i] == "true"))
                differ.Add(
                    $"{cases[i]}\n  reader: {string.Join("; ", problems.Select(problem => problem.Message))}\n  schema: {verdicts[i]}"
                );
        }

        Assert.True(differ.Count == 0, $"{differ.Count} of {cases.Count} differ:\n{string.Join('\n', differ.Take(12))}");
    }

    static IEnumerable<string> Changes(JsonNode whole)
    {
        foreach (var path in Paths(whole, []).ToList())
        {
            foreach (var value in new[] { "null", "5", "true", "\"host=x\"", "[]", "{}", "[1]", "{\"x\":1}", "[[]]" })
                yield return Changed(whole, path, (parent, key) => Put(parent, key, JsonNode.Parse(value)));
            if (path[^1] is not string name)
                continue;
            yield return Changed(whole, path, (parent, _) => parent.AsObject().Remove(name));
            yield return Changed(
                whole,
                path,
                (parent, _) =>
                {
                    var value = parent[name]!.DeepClone();
                    parent.AsObject().Remove(name);
                    parent[name + "x"] = value;
                }
            );
            yield return Changed(whole, path, (parent, _) => parent["unknown-key"] = 1);
        }
    }

    static IEnumerable<object[]> Paths(JsonNode? node, object[] path)
    {
        if (node is JsonObject map)
        {
            foreach (var (key, value) in map)
            {
                yield return [.. path, key];
                foreach (var inner in Paths(value, [.. path, key]))
                    yield return inner;
            }
        }
        else if (node is JsonArray list)
        {
            for (var i = 0; i < list.Count; i++)
            {
                yield return [.. path, i];
                foreach (var inner in Paths(list[i], [.. path, i]))
                    yield return inner;
            }
        }
    }

    static string Changed(JsonNode whole, object[] path, Action<JsonNode, object> change)
    {
        var copy = whole.DeepClone();
        var parent = copy;
        foreach (var step in path[..^1])
            parent = step is string key ? parent[key]! : parent[(int)step]!;
        change(parent, path[^1]);
        return copy.ToJsonString();
    }

    static void Put(JsonNode parent, object key, JsonNode? value)
    {
        if (key is string name)
            parent[name] = value;
        else
            parent[(int)key] = value;
    }

    static IEnumerable<string> Properties(JsonNode schema) => schema["properties"]!.AsObject().Select(pair => pair.Key).Order();

    static YamlNode Tree(string text)
    {
        var problems = new List<Problem>();
        var tree = YamlTree.Read("every-key.yaml", text, problems, "", (_, _) => { });
        Assert.Empty(problems);
        return tree!;
    }

    static JsonNode? ToJson(YamlNode node) =>
        node switch
        {
            YamlMapping map => new JsonObject(map.Entries.Select(entry => KeyValuePair.Create(entry.Key.Text, ToJson(entry.Value)))),
            YamlSequence list => new JsonArray([.. list.Items.Select(ToJson)]),
            YamlScalar { IsNull: true } => null,
            YamlScalar { IsPlain: true, Text: "true" or "false" } scalar => JsonValue.Create(scalar.Text == "true"),
            YamlScalar { IsPlain: true } scalar
                when int.TryParse(scalar.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
            YamlScalar scalar => JsonValue.Create(scalar.Text),
            _ => throw new JsonException(),
        };
}
