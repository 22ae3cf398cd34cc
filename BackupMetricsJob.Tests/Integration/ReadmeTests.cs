using System.Text.RegularExpressions;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>The front page does what it says when it is typed, and is short.</summary>
public sealed class ReadmeTests
{
    static readonly string Text = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));

    [Fact]
    public async Task From_nothing_to_a_metric_and_to_cron()
    {
        await using var host = await ToolHost.StartAsync();
        await host.Server.ExecuteAsync("DROP ROLE monitor");
        await host.SaveAsync("sudo", "#!/bin/sh\nshift 2\nexec \"$@\"\n"); // The OS user is the server's already.
        await host.Server.BaseBackupAsync();

        var typed = await host.TypeAsync(Block("sh"));

        Assert.True(typed.ExitCode == 0, typed.Error + typed.Output);
        Assert.Matches("(?m)^orders  PostgreSQL ", typed.Output);
        Assert.Contains("  base backup  ", typed.Output, StringComparison.Ordinal);
        Assert.Matches("(?m)^ok .* stored the push", typed.Error);
        Assert.Single(
            await host.Gateway.SamplesAsync("postgres_backup_last_success_timestamp_seconds"),
            sample => sample.Contains("instance=\"orders\"", StringComparison.Ordinal)
        );
        var crontab = Block("crontab").TrimEnd().Split('\n');
        Assert.Equal(["PATH=/usr/local/bin:/usr/bin:/bin", "MAILTO=dba@example.org"], crontab[..2]);
        // Nothing is wrong, so cron has nothing to mail.
        foreach (var line in crontab[2..])
        {
            var result = await host.TypeAsync(Regex.Match(line, "^[^ ]+ [*] [*] [*] [*] (.*)$").Groups[1].Value);
            Assert.Equal((0, "", ""), (result.ExitCode, result.Output, result.Error));
        }
    }

    [Fact]
    public async Task Prometheus_accepts_its_configuration()
    {
        using var folder = new TempFolder();
        var rules = Path.Combine(Repository.Root, "deploy", "prometheus", "backup.rules.yml");
        var config = Block("yaml").Replace("/usr/share/backup-metrics/prometheus/backup.rules.yml", rules, StringComparison.Ordinal);

        // Below a key that is there already, its items are indented as those of the file that Prometheus and Debian ship.
        const string Shipped = "  - job_name: prometheus\n    static_configs:\n      - targets: ['localhost:9090']\n";

        foreach (var text in (string[])[config, config + Shipped])
        {
            var result = await Promtool.RunAsync("check", "config", folder.Write("prometheus.yml", text));
            Assert.True(result.ExitCode == 0, result.Output + result.Error);
        }

        Assert.Contains(rules, config, StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_short_and_its_first_screen_has_what_one_needs()
    {
        var lines = Text.Split('\n');

        Assert.InRange(lines.Length, 60, 120);
        Assert.Contains("$ backup-metrics show", string.Join('\n', lines[..8]), StringComparison.Ordinal);
        Assert.InRange(Array.IndexOf(lines, "## Your own PostgreSQL in five lines"), 1, 25);
    }

    static string Block(string language) =>
        Regex.Match(Text, $"```{language}\n(.*?)```", RegexOptions.Singleline).Groups[1].Value.Replace("\r", "", StringComparison.Ordinal);
}
