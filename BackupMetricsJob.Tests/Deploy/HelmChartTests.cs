using System.Text.RegularExpressions;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>
/// The chart, rendered by Helm itself: what comes of it is held to what the manifests are held to, and wrong values are refused.
/// </summary>
public sealed class HelmChartTests
{
    internal const string Target = """config.targets=[{"name":"orders","connection":{"host":"orders-db"}}]""";
    const string Drill =
        """drill={"enabled":true,"image":{"repository":"r.example/drill","tag":"1"},"args":["--tool","pgbackrest","--stanza","orders"]}""";

    // What the chart expects to be there.
    const string Secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: backup-metrics}\nstringData: {password: x}\n";

    internal static readonly string Chart = Path.Combine(Repository.Root, "deploy", "helm", "backup-metrics");

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
            "networkPolicy.enabled=false,priorityClassName=high,podLabels.team=dba,nodeSelector.disk=ssd,extraArgs={--log-format,json}",
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

    /// <summary>The file that is mounted follows the other values: how often it runs, and whether there is a password's file.</summary>
    [Theory]
    [InlineData("mode=cronjob", "interval: 5m", "password_file: /run/secrets/backup-metrics/password")]
    [InlineData("schedule=* * * * *", "interval: 1m", null)]
    [InlineData("schedule=7 * * * *", "interval: 1h", null)]
    [InlineData("schedule=@hourly", "interval: 1h", null)]
    [InlineData("schedule=15 */6 * * *", "interval: 6h", null)]
    [InlineData("schedule=30 4 * * *", "interval: 1d", null)]
    [InlineData("schedule=30 4 * * Sun", "interval: 1w", null)]
    [InlineData("schedule=0 4\\,16 * * *,config.interval=12h", "interval: 12h", null)]
    [InlineData("existingSecret=", "interval: 5m", "!password_file")]
    [InlineData("passwordKey=", "interval: 5m", "!password_file")]
    [InlineData("passwordKey=monitor", "interval: 5m", "password_file: /run/secrets/backup-metrics/monitor")]
    [InlineData("config.defaults.password_env=PGPASSWORD", "password_env: PGPASSWORD", "!password_file")]
    // The program takes it from the schedule.
    [InlineData("mode=schedule,schedule=0 * * * *", "!interval", "!gateway")]
    [InlineData("mode=schedule,scrape.push=true", "!interval", "url: http://pushgateway:9091")]
    public async Task The_configuration_follows_from_the_other_values(string values, params string?[] lines)
    {
        var map = Regex.Match(await RenderAsync(values), "kind: ConfigMap.*?config.yaml: [|]\n(.*?)\n---", RegexOptions.Singleline);

        Assert.True(map.Success);
        foreach (var line in lines.OfType<string>())
        {
            if (line[0] == '!')
                Assert.DoesNotContain(line[1..] + ":", map.Value, StringComparison.Ordinal);
            else
                Assert.Contains($" {line}\n", map.Groups[1].Value + "\n", StringComparison.Ordinal);
        }
    }

    /// <summary>So that a key of the configuration file that is new, or gone, is known to the chart.</summary>
    [Fact]
    public async Task The_schema_is_the_one_that_the_tool_makes()
    {
        var schema = Path.Combine(Chart, "values.schema.json");
        using var copy = new TempFolder();
        foreach (var file in new[] { "tools/make-helm-schema", "docs/configuration.schema.json" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(copy.File(file))!);
            File.Copy(Path.Combine(Repository.Root, file), copy.File(file));
        }

        Directory.CreateDirectory(copy.File("deploy/helm/backup-metrics"));
        await ChildProcess.RunSuccessfullyAsync(copy.File("tools/make-helm-schema"), []);

        Assert.Equal(
            await File.ReadAllTextAsync(schema),
            await File.ReadAllTextAsync(copy.File("deploy/helm/backup-metrics/values.schema.json"))
        );
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

    internal static async Task<string> RenderAsync(string values)
    {
        var result = await TemplateAsync(values);
        Assert.True(result.ExitCode == 0, result.Error);
        return result.Output;
    }

    /// <param name="values">As of --set, or of --set-json for a list; "drill" is what a drill needs.</param>
    internal static Task<ProcessResult> TemplateAsync(string values)
    {
        List<string> arguments = ["template", "test", Chart, "--set-json", Target];
        if (values.StartsWith("drill,", StringComparison.Ordinal) || values == "drill")
            arguments.AddRange(["--set-json", Drill]);
        if (values.Contains("=[", StringComparison.Ordinal))
            return Helm.RunAsync([.. arguments, "--set-json", values]);
        foreach (var value in Regex.Split(values, @"(?<!\\),(?![^{]*})").Where(value => value != "drill"))
            arguments.AddRange(["--set", value]);
        return Helm.RunAsync([.. arguments]);
    }

    /// <summary>All charts: what the published types have against them, and what is in them.</summary>
    sealed record Judged(IReadOnlyList<string> Complaints, IReadOnlyList<Manifest> Manifests);
}
