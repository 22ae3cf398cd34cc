using System.Text.Json;
using System.Text.RegularExpressions;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>
/// What Prometheus knows by way of each monitor is what a run pushed, label for label, and the rules work on it; also when the pod is
/// another one.
/// </summary>
public sealed class KubernetesScrapeTests
{
    const string Folder = "deploy/kubernetes/";

    [Theory]
    [InlineData("servicemonitor.yaml")]
    [InlineData("podmonitor.yaml")]
    public async Task What_is_pushed_has_its_own_labels_in_Prometheus_and_the_rules_work(string file)
    {
        await using var gateway = await PushgatewayServer.StartAsync();
        await RunAsync(gateway);
        await using var scrape = await KubernetesScrape.StartAsync(await MonitorAsync(file), new Uri(gateway.Url));

        Assert.Equal(Pushed(await gateway.MetricsAsync()), await KnownAsync(scrape));

        var up = Assert.Single(await scrape.Prometheus.QueryAsync("up"));
        Assert.Equal(
            (1, "__name__,instance,job", "pushgateway"),
            (up.Value, string.Join(',', up.Labels.Keys.Order(StringComparer.Ordinal)), up.Labels["job"])
        );
        await RulesWorkAsync(scrape);

        // The gateway's pod is another one, at another address, with the same data from its volume.
        scrape.Discover("second", $"localhost:{gateway.Port}");
        await scrape.Prometheus.WaitForAsync($"up{{instance=\"localhost:{gateway.Port}\"}} and on () count(up) == 1");
        await RulesWorkAsync(scrape);
        Assert.Equal(
            1,
            Assert.Single(await scrape.Prometheus.QueryAsync("count(last_over_time(backup_metrics_run_timestamp_seconds[1h]))")).Value
        );
        Assert.Empty(await scrape.Prometheus.QueryAsync("ALERTS{alertname=~\"BackupMetricsAbsent|PushgatewayDown|BackupTargetsMissing\"}"));
    }

    [Theory]
    [InlineData("servicemonitor-schedule.yaml")]
    [InlineData("podmonitor-schedule.yaml")]
    public async Task What_the_schedule_shows_has_the_labels_of_a_push_and_the_rules_work(string file)
    {
        await using var gateway = await PushgatewayServer.StartAsync();
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        await server.BaseBackupAsync();
        await using var daemon = await Daemon.StartAsync(
            "--cron",
            "* * * * * ?",
            "--interval",
            "5m",
            "--connection",
            server.ConnectionUri(),
            "--instance",
            "orders",
            "--label",
            "team=payments",
            "--gateway",
            gateway.Url
        );
        await daemon.WaitForLineAsync("ended on");
        await using var scrape = await KubernetesScrape.StartAsync(await MonitorAsync(file), daemon.Address);

        // What it shows is what it pushes.
        Assert.Equal(Pushed(await gateway.MetricsAsync()), await KnownAsync(scrape));

        await RulesWorkAsync(scrape);
        scrape.Discover("second", $"localhost:{daemon.Address.Port}");
        await RulesWorkAsync(scrape);
        Assert.Equal(1, Assert.Single(await scrape.Prometheus.QueryAsync("count(last_over_time(up[1h]))")).Value);
        Assert.Empty(await scrape.Prometheus.QueryAsync("ALERTS{alertname=~\"BackupMetricsAbsent|PushgatewayDown|BackupTargetsMissing\"}"));
    }

    static async Task<Manifest> MonitorAsync(string file) =>
        (await KubernetesManifests.ReadAsync()).Single(manifest => manifest.File == Folder + file);

    static async Task RunAsync(PushgatewayServer gateway)
    {
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        await server.BaseBackupAsync();
        var run = await BackupMetrics.RunAsync(
            "run",
            "--connection",
            server.ConnectionUri(),
            "--instance",
            "orders",
            "--label",
            "team=payments",
            "--interval",
            "5m",
            "--gateway",
            gateway.Url
        );
        Assert.True(run.ExitCode == 0, run.Error);
    }

    static bool IsOurs(string line) => Regex.IsMatch(line, "^(postgres|backup_metrics|pghoard|walg)_.*job=\"backup_metrics\"");

    /// <summary>A gateway's text as series, an empty label being none.</summary>
    static List<string> Pushed(string metrics) =>
        [
            .. metrics
                .Split('\n')
                .Where(IsOurs)
                .Select(line =>
                    Series(
                        line[..line.IndexOf('{', StringComparison.Ordinal)],
                        Regex
                            .Matches(line, "(\\w+)=\"([^\"]*)\"")
                            .Select(match => KeyValuePair.Create(match.Groups[1].Value, match.Groups[2].Value))
                    )
                )
                .Order(StringComparer.Ordinal),
        ];

    static async Task<List<string>> KnownAsync(KubernetesScrape scrape)
    {
        await scrape.Prometheus.WaitForAsync("backup_metrics_run_timestamp_seconds");
        // What the rules record has a colon in its name, but for the verdict.
        var known = await scrape.Prometheus.QueryAsync(
            "{__name__=~\"(postgres|backup_metrics|pghoard|walg)_[^:]*\", __name__!=\"postgres_backup_verdict\"}"
        );
        return [.. known.Select(sample => Series(sample.Labels["__name__"], sample.Labels)).Order(StringComparer.Ordinal)];
    }

    static string Series(string name, IEnumerable<KeyValuePair<string, string>> labels) =>
        name
        + "{"
        + string.Join(
            ',',
            labels
                .Where(label => label.Key != "__name__" && label.Value.Length > 0)
                .OrderBy(label => label.Key, StringComparer.Ordinal)
                .Select(label => $"{label.Key}={label.Value}")
        )
        + "}";

    /// <summary>
    /// From now on each rule is evaluated once at least, without error or warning, and the limits and backups that they work with are
    /// there, once.
    /// </summary>
    static async Task RulesWorkAsync(KubernetesScrape scrape)
    {
        var now = DateTimeOffset.UtcNow;
        List<JsonElement> rules = [];
        await Wait.ForAsync(
            "an evaluation of the rules",
            async () =>
            {
                using var answer = JsonDocument.Parse(await scrape.Prometheus.GetAsync("api/v1/rules"));
                rules =
                [
                    .. answer
                        .RootElement.GetProperty("data")
                        .GetProperty("groups")
                        .EnumerateArray()
                        .SelectMany(group => group.GetProperty("rules").EnumerateArray())
                        .Select(rule => rule.Clone()),
                ];
                return rules.TrueForAll(rule => rule.GetProperty("lastEvaluation").GetDateTimeOffset() > now.AddSeconds(2));
            }
        );
        Assert.NotEmpty(rules);
        foreach (var rule in rules)
            Assert.True(rule.GetProperty("health").GetString() == "ok", rule.ToString());
        Assert.DoesNotContain("level=warn", scrape.Prometheus.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("level=error", scrape.Prometheus.Log, StringComparison.Ordinal);
        Assert.Single(
            await scrape.Prometheus.WaitForAsync(
                "postgres_backup:last_success_timestamp_seconds{type=\"base\",job=\"backup_metrics\",instance=\"orders\"}"
            )
        );
        Assert.Single(await scrape.Prometheus.WaitForAsync("postgres_backup_verdict{job=\"backup_metrics\",instance=\"orders\"}"));
        Assert.Single(await scrape.Prometheus.WaitForAsync("backup_metrics:run_timestamp_seconds{job=\"backup_metrics\"}"));
    }
}
