using System.Text.RegularExpressions;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>What the chart's NetworkPolicy lets the job connect to follows from the URLs and connections of config.</summary>
public sealed class HelmNetworkPolicyTests
{
    const string Pods = "matchLabels: {\"app.kubernetes.io/name\":\"pushgateway\"}";

    /// <param name="values">The values.</param>
    /// <param name="inside">The ports of the gateway's pods.</param>
    /// <param name="anywhere">The ports of any host, beside those of DNS and 5432.</param>
    [Theory]
    [InlineData("mode=cronjob", "9091", "")]
    [InlineData("mode=schedule", "", "")]
    [InlineData("mode=schedule,scrape.push=true", "9091", "")]
    [InlineData("config.gateway.url=http://pushgateway.monitoring:9092/prefix", "9092", "")]
    [InlineData("config.gateway.url=HTTP://pushgateway", "80", "")]
    [InlineData("config.gateway.url=https://pushgateway-0.pushgateway.monitoring.svc.cluster.local", "443", "")]
    // A Service of another port than its pods, whose port counts.
    [InlineData("config.gateway.url=http://pushgateway.monitoring.svc,networkPolicy.gateway.ports={9091}", "9091", "")]
    // Outside of the cluster.
    [InlineData("config.gateway.url=https://push.example.org", "", "443")]
    [InlineData("config.gateway.url=https://push.example.org:8443/x", "", "8443")]
    [InlineData("config.gateway.url=http://10.0.0.7:9091", "", "9091")]
    [InlineData("""config.gateway=[{"url":"http://a:1"},{"url":"http://b.example.org:2"}]""", "1", "2")]
    // A heartbeat, whose URL the chart does not know.
    [InlineData("config.heartbeat.url_file=/run/secrets/backup-metrics/x", "9091", "443")]
    [InlineData("config.heartbeat.url_file=/run/secrets/backup-metrics/x,networkPolicy.heartbeatPorts={3001}", "9091", "3001")]
    // A pooler.
    [InlineData("config.targets[0].connection.port=6432", "9091", "6432")]
    [InlineData("config.defaults.connection.port=6432", "9091", "6432")]
    [InlineData("config.targets[0].connection=postgresql://m@[::1]:6432/db", "9091", "6432")]
    [InlineData("config.targets[0].connection=postgresql://m@a:6432\\,b:6433\\,c/db", "9091", "6432 6433")]
    [InlineData("config.targets[0].connection=postgresql:///db?host=h&port=6432", "9091", "6432")]
    [InlineData("config.targets[0].connection=host=a\\,b port=6432\\,6433 user=m", "9091", "6432 6433")]
    public async Task The_job_may_reach_what_it_is_told_to(string values, string inside, string anywhere)
    {
        var policy = Regex
            .Match(await HelmChartTests.RenderAsync(values), "  egress:\n(.*?)\n---", RegexOptions.Singleline)
            .Groups[1]
            .Value;

        var rules = policy.Split("\n  - ").ToLookup(rule => rule.Contains(Pods, StringComparison.Ordinal), Ports);
        Assert.Equal(inside, string.Join(' ', rules[true]));
        Assert.Equal($"53 53 5432 {anywhere}".Trim(), string.Join(' ', rules[false]));
    }

    [Fact]
    public async Task What_else_is_named_is_added_and_a_monitor_looks_where_it_is_told_to()
    {
        var rendered = await HelmChartTests.RenderAsync(
            "networkPolicy.extraEgress[0].ports[0].port=3128,monitor.kind=service,monitor.namespaceSelector.matchNames={monitoring}"
        );

        Assert.Contains("\n  - ports:\n    - port: 3128\n", rendered, StringComparison.Ordinal);
        Assert.Contains("namespaceSelector: {\"matchNames\":[\"monitoring\"]}\n", rendered, StringComparison.Ordinal);
        Assert.Contains(
            "namespaceSelector: {\"any\":true}\n",
            await HelmChartTests.RenderAsync("monitor.kind=service"),
            StringComparison.Ordinal
        );
    }

    static string Ports(string rule) => string.Join(' ', Regex.Matches(rule, "port: ([0-9]+)").Select(match => match.Groups[1].Value));
}
