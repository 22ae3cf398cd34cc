using System.Globalization;
using System.Text.RegularExpressions;
using BackupMetricsJob.Catalog.Import;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>
/// Every page of docs/tools does what it says when it is typed: from the tool to a metric in two commands at most, and then from cron
/// without a word.
/// </summary>
public sealed partial class ToolPagesTests
{
    static string Folder { get; } = Path.Combine(Repository.Root, "docs", "tools");

    [Theory]
    [InlineData("wal-g", "wal-g", "HOST")]
    [InlineData("pghoard", "pghoard", "orders")]
    [InlineData("pgbackrest", "pgbackrest", "HOST")]
    [InlineData("barman", "barman", "orders")]
    [InlineData("barman-cloud", "barman", "orders")]
    [InlineData("pg_dump", "pg_dump", "orders")]
    [InlineData("pg_basebackup", "pg_basebackup", "orders")]
    public async Task From_the_tool_to_a_metric_and_to_cron(string page, string tool, string instance)
    {
        // Who makes only dumps has a server as it was installed.
        await using var host = await ToolHost.StartAsync(archives: page != "pg_dump");
        await host.InstallAsync(page);
        var (blocks, crontab) = (Blocks(page, "sh"), Blocks(page, "crontab").Single().TrimEnd().Split('\n'));
        var until = blocks.FindIndex(block =>
            block.Contains("--source catalog", StringComparison.Ordinal) || block.Contains("--import", StringComparison.Ordinal)
        );
        Assert.InRange(until, 0, 1);
        if (!blocks.Exists(block => block.StartsWith("createdb metrics", StringComparison.Ordinal)))
            await Type(host, "createdb metrics && backup-metrics catalog init --create-roles --connection postgresql:///metrics");

        foreach (var block in blocks[..(until + 1)])
            await Type(host, block);

        var name =
            instance == "HOST" ? string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}:{host.Server.Port}") : instance;
        var newest = await host.Gateway.SamplesAsync("postgres_backup_last_success_timestamp_seconds");
        Assert.Single(newest, sample => IsOf(sample, name, tool));
        foreach (var block in blocks[(until + 1)..])
            await Type(host, block);

        Assert.Equal(["PATH=/usr/local/bin:/usr/bin:/bin", "MAILTO=dba@example.org"], crontab[..2]);
        await SaveScriptAsync(host, blocks, crontab);
        // A script names its backup by the second.
        var second = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        await Wait.ForAsync("the next second", () => Task.FromResult(DateTimeOffset.UtcNow.ToUnixTimeSeconds() > second));
        foreach (var line in crontab[2..])
        {
            if (Minutes().Match(line) is { Success: true } every)
                Assert.Contains($" --interval {every.Groups[1]}m ", line, StringComparison.Ordinal);
            var result = await host.TypeAsync(CronLine().Match(line).Groups[1].Value);
            Assert.True(
                (result.ExitCode, result.Error, result.Output) == (0, "", ""),
                $"{line}\nended with {result.ExitCode}: {result.Error}"
            );
        }
    }

    [Fact]
    public async Task A_role_of_its_own_and_a_catalogue_elsewhere()
    {
        await using var host = await ToolHost.StartAsync();
        await host.InstallAsync("pgbackrest");
        var blocks = Blocks("README", "sh");
        Assert.Equal(4, blocks.Count);

        foreach (var block in blocks)
            await Type(host, block);

        var newest = await host.Gateway.SamplesAsync("postgres_backup_last_success_timestamp_seconds");
        Assert.Single(newest, sample => IsOf(sample, "orders", "pgbackrest"));
        Assert.Equal(
            2,
            (await host.Gateway.SamplesAsync("postgres_backup_source_success")).Count(sample =>
                sample.EndsWith("} 1", StringComparison.Ordinal) && sample.Contains("instance=\"orders\"", StringComparison.Ordinal)
            )
        );
    }

    [Fact]
    public void Every_tool_that_has_a_list_has_a_page_and_the_README_names_each_page()
    {
        var pages = Directory
            .GetFiles(Folder, "*.md")
            .Select(path => Path.GetFileNameWithoutExtension(path))
            .Where(page => page != "README")
            .ToList();
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));

        Assert.Empty(ToolOutput.Tools.Except(pages));
        Assert.DoesNotContain(pages, page => !readme.Contains($"(docs/tools/{page}.md)", StringComparison.Ordinal));
    }

    static bool IsOf(string sample, string instance, string tool) =>
        sample.Contains($"instance=\"{instance}\"", StringComparison.Ordinal)
        && sample.Contains("source=\"catalog\"", StringComparison.Ordinal)
        && sample.Contains($"tool=\"{tool}\"", StringComparison.Ordinal);

    /// <summary>The first three lines of the block that records, quiet, under the name that the crontab calls.</summary>
    static async Task SaveScriptAsync(ToolHost host, List<string> blocks, string[] crontab)
    {
        if (ScriptName().Match(string.Join('\n', crontab)) is not { Success: true } script)
            return;
        var lines = blocks.Single(block => block.Contains("backup-metrics record", StringComparison.Ordinal)).Split('\n')[..3];
        await host.SaveAsync(
            script.Groups[1].Value,
            string.Join('\n', lines).Replace("metrics record", "metrics record --quiet", StringComparison.Ordinal)
        );
    }

    static async Task Type(ToolHost host, string block)
    {
        var result = await host.TypeAsync(block);
        Assert.True(result.ExitCode == 0, $"{block}\nended with {result.ExitCode}: {result.Error}{result.Output}");
        Assert.DoesNotContain("FAILED", result.Error, StringComparison.Ordinal);
    }

    static List<string> Blocks(string page, string language) =>
        [
            .. Regex
                .Matches(
                    File.ReadAllText(Path.Combine(Folder, page + ".md")),
                    $"^```{language}\n(.*?)^```$",
                    RegexOptions.Multiline | RegexOptions.Singleline
                )
                .Select(match => match.Groups[1].Value),
        ];

    [GeneratedRegex(@"^(?:\S+ ){5}\w+ (.*)$")]
    private static partial Regex CronLine();

    [GeneratedRegex(@"^\*/([0-9]+) ")]
    private static partial Regex Minutes();

    [GeneratedRegex("sh /usr/local/bin/([a-z-]+)$", RegexOptions.Multiline)]
    private static partial Regex ScriptName();
}
