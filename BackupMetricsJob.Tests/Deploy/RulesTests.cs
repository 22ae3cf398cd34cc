using BackupMetricsJob.Exposition;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>
/// The alerts are those that were promised; promtool passes them and their tests; names, runbooks and the PrometheusRule fit.
/// </summary>
public sealed class RulesTests
{
    static readonly string[] Others = ["push_time_seconds", "push_failure_time_seconds", "up", "process_start_time_seconds"];

    public static TheoryData<string> TestFiles => [.. DeployFiles.RuleTests.Select(path => Path.GetFileName(path))];

    [Fact]
    public async Task Promtool_has_no_complaint_about_the_rules()
    {
        var result = await Promtool.RunAsync("check", "rules", "--lint=all", "--lint-fatal", DeployFiles.RulesFile);

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }

    [Theory]
    [MemberData(nameof(TestFiles))]
    public async Task The_alerts_fire_and_are_quiet_as_the_scenarios_say(string file)
    {
        using var folder = new TempFolder();
        var test = await File.ReadAllTextAsync(Path.Combine(DeployFiles.Prometheus, "tests", file));
        var path = folder.Write(file, test.Replace("../backup.rules.yml", "backup.rules.yml", StringComparison.Ordinal));
        folder.Write("backup.rules.yml", RulesFor(file));

        var result = await ChildProcess.RunAsync(Promtool.Program, ["test", "rules", path], deadline: TimeSpan.FromMinutes(5));

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }

    [Fact]
    public async Task The_scenarios_are_what_the_tool_writes() =>
        await SucceedsAsync(Tool.Find("python3", "apt-get install python3"), "make-rule-tests", "--check");

    /// <summary>A sample; `tools/mutate-rules` makes every change there is.</summary>
    [Fact]
    public async Task A_change_of_a_rule_is_detected_by_the_scenario_that_is_known_to() =>
        Assert.Equal(
            "12 changes: 12 killed, 0 not\n",
            await SucceedsAsync(Tool.Find("python3", "apt-get install python3"), "mutate-rules", "--known", "12")
        );

    [Fact]
    public void There_are_the_alerts_that_were_promised() =>
        Assert.Equal(
            [
                "BackupClockSkew",
                "BackupConfigReloadFailed",
                "BackupCopiesMissing",
                "BackupFailed",
                "BackupHasErrors",
                "BackupJobFailed",
                "BackupMetricsAbsent",
                "BackupMetricsStale",
                "BackupNeverMade",
                "BackupPushRejected",
                "BackupRunsTooLong",
                "BackupServerVanished",
                "BackupSizeCollapsed",
                "BackupSourceFailed",
                "BackupTargetDown",
                "BackupTargetsMissing",
                "BackupToolStopped",
                "BackupWalMissing",
                "BackupWarnings",
                "LastBackup",
                "LastWalArchive",
                "PushgatewayDown",
                "RecoveryPointTooOld",
                "RecoveryPointUnknown",
                "RecoveryWindowTooShort",
                "RestoreShortfall",
                "RestoreTestFailed",
                "RestoreTestTooOld",
                "RestoreTestUnfinished",
                "RestoreTooSlow",
                "WalArchiveHole",
                "WalArchiveListingStale",
                "WalArchiverFailing",
            ],
            DeployFiles.Alerts.Order(StringComparer.Ordinal)
        );

    [Fact]
    public void Each_alert_fires_in_a_scenario_and_is_read_word_for_word_in_one()
    {
        var tests = string.Join('\n', DeployFiles.RuleTests.Select(File.ReadAllText));
        foreach (var alert in DeployFiles.Alerts)
        {
            Assert.Contains($"{{alertname=\"{alert}\",", tests, StringComparison.Ordinal);
            Assert.Contains($"- alertname: {alert}\n", tests, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Each_metric_in_the_rules_is_one_that_is_published() =>
        Assert.Empty(
            DeployFiles.MetricsUsed().Except(MetricNames.All.Select(metric => metric.Name)).Except(DeployFiles.Recorded).Except(Others)
        );

    [Fact]
    public void Each_metric_that_is_published_is_read_by_a_rule_or_the_documentation_says_why_not()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "metrics.md"));
        var explained = page[page.IndexOf("\n## Read by no rule\n", StringComparison.Ordinal)..]
            .Split('\n')
            .Where(line => line.StartsWith("- `", StringComparison.Ordinal))
            .SelectMany(line => line[2..line.IndexOf(':', StringComparison.Ordinal)].Split(',', StringSplitOptions.TrimEntries))
            .Select(name => name.Trim('`'));

        Assert.Equal(
            MetricNames.All.Select(metric => metric.Name).Except(DeployFiles.MetricsUsed()).Order(StringComparer.Ordinal),
            explained.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Each_recorded_series_is_used_or_is_made_for_others() =>
        Assert.Equal(
            ["infra_federation:postgres_backup_last_upload_age", "postgres_backup_verdict"],
            DeployFiles.Recorded.Except(DeployFiles.MetricsUsed())
        );

    [Fact]
    public void Each_alert_has_its_own_section_in_the_runbook_and_each_section_its_alert()
    {
        const string Base = "    runbook_url: https://github.com/backup-metrics/backup-metrics/blob/main/docs/alerts.md#";
        var linked = DeployFiles
            .Rules.Split('\n')
            .Where(line => line.StartsWith("  " + Base, StringComparison.Ordinal))
            .Select(line => line[(Base.Length + 2)..]);
        var sections = File.ReadLines(Path.Combine(Repository.Root, "docs", "alerts.md"))
            .Where(line => line.StartsWith("## ", StringComparison.Ordinal))
            .Select(line => line[3..]);

        Assert.Equal(DeployFiles.Alerts, sections);
#pragma warning disable CA1308 // An anchor is in lower case.
        Assert.Equal(DeployFiles.AlertRules.Select(alert => alert.ToLowerInvariant()), linked);
#pragma warning restore CA1308
    }

    [Fact]
    public async Task The_PrometheusRule_has_the_same_groups()
    {
        var rule = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "deploy", "kubernetes", "prometheusrule.yaml"));
        var groups = rule[(rule.IndexOf("\nspec:\n", StringComparison.Ordinal) + "\nspec:\n".Length)..]
            .Split('\n')
            .Select(line => line.Length == 0 ? "" : line[2..]);

        Assert.Equal(
            DeployFiles.Rules[DeployFiles.Rules.IndexOf("\ngroups:\n", StringComparison.Ordinal)..].TrimStart('\n'),
            string.Join('\n', groups)
        );
        Assert.Contains("\nkind: PrometheusRule\n", rule, StringComparison.Ordinal);
        Assert.Equal(rule, await SucceedsAsync("/bin/bash", "make-prometheusrule", "--print"));
    }

    [Fact]
    public async Task The_configurations_of_Prometheus_and_Alertmanager_are_good()
    {
        var prometheus = await Promtool.RunAsync("check", "config", Path.Combine(DeployFiles.Prometheus, "prometheus.yml"));
        Assert.True(prometheus.ExitCode == 0, prometheus.Output + prometheus.Error);

        var amtool = Tool.Find("amtool", "apt-get install prometheus-alertmanager");
        await ChildProcess.RunSuccessfullyAsync(amtool, ["check-config", Path.Combine(DeployFiles.Prometheus, "alertmanager.yml")]);
    }

    // The groups that bridge an absence of Prometheus matter only where it is away. promtool evaluates them at every step, a Prometheus
    // every half hour: they would cost a fifth of the time.
    static string RulesFor(string file) =>
        file.StartsWith("away", StringComparison.Ordinal)
            ? DeployFiles.Rules
            : DeployFiles.Rules[..DeployFiles.Rules.IndexOf("\n# What is to survive an absence of Prometheus", StringComparison.Ordinal)];

    static Task<string> SucceedsAsync(string interpreter, string tool, params string[] arguments) =>
        ChildProcess.RunSuccessfullyAsync(
            interpreter,
            [Path.Combine(Repository.Root, "tools", tool), .. arguments],
            deadline: TimeSpan.FromMinutes(5)
        );
}
