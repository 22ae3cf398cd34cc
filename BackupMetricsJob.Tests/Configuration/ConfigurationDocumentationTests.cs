using System.Text.RegularExpressions;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Configuration.File;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Configuration;

/// <summary>docs/configuration.md describes every key and every flag, and its examples are valid.</summary>
public sealed class ConfigurationDocumentationTests
{
    static readonly string Text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "configuration.md"));

    /// <summary>Those of every page: what has targets is a configuration.</summary>
    [Fact]
    public void The_examples_are_valid()
    {
        var pages = Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories);
        var examples = pages
            .SelectMany(page => Regex.Matches(File.ReadAllText(page), "```yaml\n(.*?)```", RegexOptions.Singleline))
            .Select(match => match.Groups[1].Value)
            .Where(text => Regex.IsMatch(text, "^targets:", RegexOptions.Multiline))
            .ToList();

        Assert.InRange(examples.Count, 5, 50);
        foreach (var example in examples)
        {
            using var file = new ConfigurationFile(example);
            file.Add("dumps.sql", "SELECT 1");
            file.Read(["shard=0/1", "dry-run=true"], ["PGUSER=u"], push: true);
        }
    }

    [Fact]
    public void Every_key_has_a_row()
    {
        string[][] all =
        [
            Keys.Root,
            Keys.Gateway,
            Keys.Heartbeat,
            Keys.BasicAuth,
            Keys.Authorization,
            Keys.TlsConfig,
            Keys.Target,
            Keys.MaxAge,
            Keys.Severities,
            Keys.Server,
            Keys.Catalog,
            Keys.Query,
            Keys.Drill,
        ];
        var rows = Regex
            .Matches(Text, "^\\| ([^|]*) \\|", RegexOptions.Multiline)
            .SelectMany(match => Regex.Matches(match.Groups[1].Value, "`([a-z_]+)`"))
            .Select(match => match.Groups[1].Value)
            .ToHashSet();

        Assert.Equal([], all.SelectMany(keys => keys).Distinct().Except(rows));
    }

    [Fact]
    public async Task Every_flag_of_run_has_its_variable_there()
    {
        var help = (await BackupMetrics.RunAsync("run", "--help")).Output;
        var flags = Regex.Matches(help, "^  --([a-z-]+)", RegexOptions.Multiline).Select(match => match.Groups[1].Value).ToList();

        Assert.True(flags.Count > 30, help);
        Assert.Equal(
            [],
            flags
                .Select(GivenSettings.Variable)
                .Except(Regex.Matches(Text, "`(BACKUP_METRICS_[A-Z_]+)`").Select(match => match.Groups[1].Value))
        );
    }
}
