using System.Text.Json.Nodes;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>
/// The dashboards are what the tool writes, and what Grafana's own types allow; each panel says what it shows, and none lies on another.
/// </summary>
public sealed class DashboardShapeTests
{
    // Enums are written as their values in JSON. What Prometheus' data source adds to an annotation is not in the type.
    const string Prelude = """
        import type { AnnotationQuery, Dashboard, DataQuery } from '@grafana/schema';
        type Mark = AnnotationQuery<DataQuery & { expr: string; interval?: string }> & { titleFormat: string; textFormat: string; tagKeys: string; useValueForTime: boolean };
        type Marked = Omit<Dashboard, 'annotations'> & { annotations: { list: Mark[] } };
        type Plain<T> = T extends string ? `${T}` : T extends number ? number : T extends (infer E)[] ? Plain<E>[] : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;
        """;

    public static TheoryData<string> Names => [.. Dashboards.Files.Select(file => Path.GetFileName(file))];

    [Fact]
    public async Task They_are_what_the_tool_writes()
    {
        Assert.Equal(["backup-fleet.json", "backup-job.json", "backup-target.json"], Dashboards.Files.Select(Path.GetFileName));
        await ChildProcess.RunSuccessfullyAsync(
            Tool.Find("python3", "apt-get install python3"),
            [Path.Combine(Repository.Root, "tools", "make-dashboards"), "--check"]
        );
    }

    [Fact]
    public async Task Grafanas_types_allow_them()
    {
        var result = await CheckTypesAsync(Dashboards.Files.Select(File.ReadAllText));

        Assert.True(result.ExitCode == 0, result.Output);
    }

    [Theory]
    [InlineData("\"gridPos\"", "\"gridPoz\"", "gridPoz")]
    [InlineData("\"mode\": \"absolute\"", "\"mode\": \"absolut\"", "absolut")]
    [InlineData("\"schemaVersion\": 39", "\"schemaVersion\": \"39\"", "not assignable to type 'number'")]
    [InlineData("\"templating\"", "\"template\"", "template")]
    public async Task Grafanas_types_find_what_is_misspelt(string good, string bad, string told)
    {
        var text = await File.ReadAllTextAsync(Dashboards.Files[0]);
        Assert.Contains(good, text, StringComparison.Ordinal);

        var result = await CheckTypesAsync([text.Replace(good, bad, StringComparison.Ordinal)]);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(told, result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_panel_says_what_it_shows_and_what_an_empty_one_means(string name)
    {
        var panels = Dashboards.Panels(Read(name)).Where(panel => (string)panel["type"]! != "row").ToList();
        Assert.All(
            panels,
            panel =>
            {
                Assert.Matches(@"\.$", (string)panel["description"]!);
                Assert.NotNull(panel["fieldConfig"]!["defaults"]!["noValue"]);
                Assert.True(
                    panel["fieldConfig"]!["defaults"]!["unit"] is not null
                        || (string)panel["type"]! is "table" or "state-timeline"
                        || panel["fieldConfig"]!["defaults"]!["mappings"] is not null,
                    (string)panel["title"]!
                );
                Assert.Equal("${datasource}", (string)panel["datasource"]!["uid"]!);
            }
        );
        Assert.Equal(panels.Count, panels.Select(panel => (string)panel["title"]!).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void No_panel_lies_on_another(string name)
    {
        var taken = new HashSet<(int, int)>();
        foreach (var panel in Dashboards.Panels(Read(name)))
        {
            var at = panel["gridPos"]!;
            Assert.True((int)at["x"]! + (int)at["w"]! <= 24, (string)panel["title"]!);
            for (var x = (int)at["x"]!; x < (int)at["x"]! + (int)at["w"]!; x++)
            {
                for (var y = (int)at["y"]!; y < (int)at["y"]! + (int)at["h"]!; y++)
                    Assert.True(taken.Add((x, y)), (string)panel["title"]!);
            }
        }
    }

    static JsonNode Read(string name) => JsonNode.Parse(File.ReadAllText(Dashboards.Files.Single(file => Path.GetFileName(file) == name)))!;

    static async Task<ProcessResult> CheckTypesAsync(IEnumerable<string> dashboards)
    {
        using var folder = new TempFolder();
        Directory.CreateSymbolicLink(folder.File("node_modules"), Path.Combine(Repository.Tests, "node_modules"));
        var files = dashboards
            .Select(
                (text, i) =>
                    folder.Write($"dashboard{i}.ts", $"{Prelude}\nconst dashboard: Plain<Marked> = {text};\nexport default dashboard;\n")
            )
            .ToList();
        return await ChildProcess.RunAsync(
            Tool.Find("node", "apt-get install nodejs"),
            [
                Path.Combine(Repository.Tests, "node_modules", "typescript", "bin", "tsc"),
                "--noEmit",
                "--strict",
                "--skipLibCheck",
                "--module",
                "esnext",
                "--moduleResolution",
                "bundler",
                .. files,
            ],
            new() { WorkingDirectory = folder.Path }
        );
    }
}
