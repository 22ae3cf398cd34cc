using System.Text.RegularExpressions;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>
/// The chart, rendered by Helm itself: what comes of it is held to what the manifests are held to, and wrong values are refused.
/// </summary>
public sealed class HelmChartTests
{
    const string Target = """config.targets=[{"name":"orders","connection":{"host":"orders-db"}}]""";
    const string Drill =
        """drill={"enabled":true,"image":{"repository":"r.example/drill","tag":"1"},"args":["--tool","pgbackrest","--stanza","orders"]}""";

    // What the chart expects to be there.
    const string Secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: backup-metrics}\nstringData: {password: x}\n";

    static readonly string Chart = Path.Combine(Repository.Root, "deploy", "helm", "backup-metrics");

    // Values, and the kinds of what comes of them.
    static readonly (string Values, string Kinds)[] Charts =
    [
        ("mode=cronjob", "ConfigMap CronJob NetworkPolicy ServiceAccount"),
        ("mode=schedule", "ConfigMap Deployment NetworkPolicy Service ServiceAccount"),
        (
            "monitor.kind=service,prometheusRule.enabled=true",
            "ConfigMap CronJob NetworkPolicy PrometheusRule ServiceAccount ServiceMonitor"
        ),
        ("mode=schedule,monitor.kind=pod,scrape.push=true", "ConfigMap Deployment NetworkPolicy PodMonitor Service ServiceAccount"),
        ("mode=schedule,monitor.kind=service", "ConfigMap Deployment NetworkPolicy Service ServiceAccount ServiceMonitor"),
        ("drill", "ConfigMap CronJob CronJob NetworkPolicy ServiceAccount"),
        (
            "drill,drill.existingSecret=backup-metrics,drill.work.storageClass=fast",
            "ConfigMap CronJob CronJob NetworkPolicy ServiceAccount"
        ),
        (
            "networkPolicy.enabled=false,priorityClassName=high,podLabels.team=dba,nodeSelector.disk=ssd,extraArgs={--splay,10s}",
            "ConfigMap CronJob ServiceAccount"
        ),
    ];

    static readonly Lazy<Task<Judged>> All = new(JudgeAsync);

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, Charts.Length)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public async Task What_it_renders_is_what_the_manifests_must_be(int number)
    {
        var name = $"chart {number}";
        var (complaints, manifests) = await All.Value;

        Assert.DoesNotContain(complaints, line => line.StartsWith(name + ":", StringComparison.Ordinal));
        var chart = manifests.Where(manifest => manifest.File == name).ToList();
        Assert.Empty(
            KubernetesRules.Problems(
                [.. chart, .. manifests.Where(manifest => manifest.File is "secret" or "gateway")],
                await KubernetesRulesTests.HelpAsync()
            )
        );
        Assert.Equal(Charts[number].Kinds.Split(' '), chart.Select(manifest => manifest.Kind).Order(StringComparer.Ordinal));
        Assert.All(
            chart,
            manifest => Assert.Equal("Helm", (string?)manifest.Document["metadata"]!["labels"]!["app.kubernetes.io/managed-by"])
        );
    }

    [Fact]
    public async Task Every_complaint_names_its_chart() =>
        Assert.All((await All.Value).Complaints, line => Assert.StartsWith("chart ", line, StringComparison.Ordinal));

    [Theory]
    [InlineData("mode=daemon", "/mode")]
    [InlineData("monitor.kind=both", "/monitor/kind")]
    [InlineData("schedule=often", "/schedule")]
    [InlineData("resources.limit.memory=1Gi", "limit")]
    [InlineData("config.cron=1", "/config/cron")]
    [InlineData("networkPolicy.postgresPorts={0}", "postgresPorts")]
    [InlineData("terminationGracePeriodSeconds=5", "terminationGracePeriodSeconds")]
    [InlineData("drill.enabled=true", "drill.image.repository")]
    public async Task A_wrong_value_is_refused_and_named(string value, string says)
    {
        var result = await Helm.RunAsync("template", "test", Chart, "--set-json", Target, "--set", value);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(says, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_targets_it_says_what_to_set_and_helm_finds_nothing_to_mend()
    {
        var refused = await Helm.RunAsync("template", "test", Chart);
        var lint = await Helm.RunAsync("lint", "--strict", Chart, "--set-json", Target);

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("config.targets is empty: name the databases", refused.Error, StringComparison.Ordinal);
        Assert.True(lint.ExitCode == 0, lint.Output);
    }

    /// <summary>The chart has them by a link, so that there is no copy to forget.</summary>
    [Fact]
    public async Task The_rules_are_those_of_Prometheus()
    {
        var rendered = await RenderAsync("prometheusRule.enabled=true");

        var own = Regex.Matches(
            await File.ReadAllTextAsync(Path.Combine(Repository.Root, "deploy/prometheus/backup.rules.yml")),
            "- alert: (.+)"
        );
        Assert.NotEmpty(own);
        Assert.Equal(own.Select(match => match.Value), Regex.Matches(rendered, "- alert: (.+)").Select(match => match.Value));
    }

    [Fact]
    public async Task It_has_the_version_of_the_program()
    {
        var properties = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "Directory.Build.props"));
        var version = Regex.Match(properties, "<Version>(.+)</Version>").Groups[1].Value;

        Assert.Matches(
            $"\nversion: {Regex.Escape(version)}\nappVersion: {Regex.Escape(version)}\n",
            await File.ReadAllTextAsync(Path.Combine(Chart, "Chart.yaml"))
        );
    }

    // The published types are read once for all charts: that is what takes its time.
    static async Task<Judged> JudgeAsync()
    {
        var texts = new Dictionary<string, string>();
        foreach (var (values, _) in Charts)
            texts[$"chart {texts.Count}"] = await RenderAsync(values);
        var complaints = await KubernetesManifests.ComplaintsAsync(texts);
        texts["secret"] = Secret;
        texts["gateway"] = KubernetesManifests.Texts["deploy/kubernetes/pushgateway.yaml"];
        return new(complaints, await KubernetesManifests.ReadAsync(texts));
    }

    static async Task<string> RenderAsync(string values)
    {
        var drill = values.StartsWith("drill", StringComparison.Ordinal);
        List<string> arguments = ["template", "test", Chart, "--set-json", Target];
        if (drill)
            arguments.AddRange(["--set-json", Drill]);
        foreach (var value in Regex.Split(values, ",(?![^{]*})").Where(value => value != "drill"))
            arguments.AddRange(["--set", value]);
        var result = await Helm.RunAsync([.. arguments]);
        Assert.True(result.ExitCode == 0, result.Error);
        return result.Output;
    }

    /// <summary>All charts: what the published types have against them, and what is in them.</summary>
    sealed record Judged(IReadOnlyList<string> Complaints, IReadOnlyList<Manifest> Manifests);
}
