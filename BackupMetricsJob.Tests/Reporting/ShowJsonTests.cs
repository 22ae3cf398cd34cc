using System.Text;
using System.Text.Json.Nodes;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Reporting;
using BackupMetricsJob.Tests.Exposition;
using BackupMetricsJob.Tests.Support;
using static BackupMetricsJob.Tests.Backups.Evidence;

namespace BackupMetricsJob.Tests.Reporting;

/// <summary>docs/show.schema.json describes what `show --output json` writes: all of it, and nothing else.</summary>
public sealed class ShowJsonTests
{
    static readonly ProbeResult Everything = Result with
    {
        Server = Server with
        {
            Archiver = Server.Archiver with { LastFailed = Noon.AddHours(-9) },
            Wal = Wal with { ReadySegments = 1, OldestReady = Noon.AddSeconds(-5) },
            // A cluster that is 25 days old.
            SystemIdentifier = (ulong)Noon.AddDays(-25).ToUnixTimeSeconds() << 32,
        },
        Instance = Orders with { Copies = 2, Window = [new(Severity.Warning, TimeSpan.FromDays(28))] },
        Backups =
        [
            Backup,
            new(SourceName.Catalog, "pg_dump", BackupType.Logical) { Database = "shop", LastFailure = Noon.AddHours(-1) },
            new(SourceName.Catalog, "pgbackrest", BackupType.RestoreTest)
            {
                LastSuccess = Noon.AddDays(-1),
                Age = TimeSpan.FromDays(1),
                LastTest = new(true, Noon.AddDays(-1))
                {
                    Durations = [new("fetch", TimeSpan.FromSeconds(90))],
                    Shortfall = TimeSpan.FromSeconds(2),
                },
            },
            new(SourceName.Catalog, "pgbackrest", BackupType.Full)
            {
                LastSuccess = Noon.AddHours(-4),
                Age = TimeSpan.FromHours(4),
                LastDuration = TimeSpan.FromMinutes(5),
                LastSize = 1000,
                LastStored = 100,
                LastHasErrors = true,
                Oldest = Noon.AddDays(-20),
                Counts = new(3, 1, 1, 1),
                Running = new(Noon.AddMinutes(-1), null),
                BrokenChains = 1,
            },
        ],
        Storages =
        [
            new(SourceName.Catalog, "pgbackrest", "repo1")
            {
                Newest = [new(BackupType.Full, Noon.AddHours(-4), TimeSpan.FromHours(4))],
                OldestFull = Noon.AddDays(-20),
            },
            new(SourceName.Catalog, "pgbackrest", "repo2") { Newest = [new(BackupType.Full, Noon.AddDays(-9), TimeSpan.FromDays(9))] },
        ],
    };

    static readonly string Document = Write([
        Everything,
        FoundInstancesTests.Stock,
        Failed(FailureReason.Auth, "no") with
        {
            Instance = Orders with { Name = "gone" },
        },
        Result with
        {
            Instance = Orders with { Name = "standby" },
            Server = Server with { InRecovery = true },
            Backups = [],
        },
    ]);

    [Fact]
    public void What_is_written() => Snapshot.Matches("show.json.txt", Document);

    [Fact]
    public async Task The_schema_accepts_it_and_each_of_its_keys_is_needed_or_known()
    {
        var changed = new List<string> { Document };
        foreach (var path in Paths(JsonNode.Parse(Document)!, []))
        {
            var copy = JsonNode.Parse(Document)!;
            var parent = path[..^1].Aggregate(copy, (node, step) => step is string key ? node[key]! : node[(int)step]!);
            var name = (string)path[^1];
            // Any text is right for a label, and any word for a name.
            parent.AsObject()[name + "_x"] = parent[name]!.DeepClone();
            if (!path.Contains("labels"))
                changed.Add(copy.ToJsonString());
        }

        var verdicts = await ShowSchema.VerdictsAsync([.. changed]);

        Assert.Equal(changed.Count, verdicts.Length);
        Assert.Equal("true", verdicts[0]);
        Assert.InRange(changed.Count, 150, 1000);
        Assert.DoesNotContain("true", verdicts[1..]);
    }

    [Fact]
    public void The_schema_describes_no_key_that_is_never_written()
    {
        var written = Paths(JsonNode.Parse(Document)!, []).Select(path => (string)path[^1]).ToHashSet();
        var described = new HashSet<string>();
        Describe(JsonNode.Parse(File.ReadAllText(ShowSchema.File)));

        Assert.True(described.Count > 60, $"{described.Count}");
        Assert.Equal([], described.Except(written));

        void Describe(JsonNode? node)
        {
            if (node is JsonArray list)
            {
                foreach (var item in list)
                    Describe(item);
            }
            else if (node is JsonObject map)
            {
                if (map["properties"] is JsonObject properties)
                    described.UnionWith(properties.Select(property => property.Key));
                foreach (var (_, value) in map)
                    Describe(value);
            }
        }
    }

    static string Write(IReadOnlyList<ProbeResult> results)
    {
        using var stream = new MemoryStream();
        ShowJson.Write(results, ExitCode.TargetFailed, stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    static IEnumerable<object[]> Paths(JsonNode? node, object[] path)
    {
        if (node is JsonArray list)
        {
            for (var i = 0; i < list.Count; i++)
            {
                foreach (var inner in Paths(list[i], [.. path, i]))
                    yield return inner;
            }
        }
        else if (node is JsonObject map)
        {
            foreach (var (key, value) in map)
            {
                yield return [.. path, key];
                foreach (var inner in Paths(value, [.. path, key]))
                    yield return inner;
            }
        }
    }
}
