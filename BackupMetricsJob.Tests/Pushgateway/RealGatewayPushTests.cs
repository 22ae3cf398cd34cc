using System.Net;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Tests.Support;
using Prometheus;

namespace BackupMetricsJob.Tests.Pushgateway;

/// <summary>Tests that need a real Pushgateway.</summary>
public class RealGatewayPushTests
{
    [Fact]
    public async Task A_push_is_stored_and_can_be_read_at_once()
    {
        await using var gateway = await PushgatewayServer.StartAsync();

        var outcome = await PushAsync(gateway, RegistryPushTests.Registry("a_seconds", 1.5), Gateways.Key("test", ("x", "y")));

        Assert.Equal((PushResult.Stored, 1, 200), (outcome.Result, outcome.Attempts, outcome.Status));
        Assert.Equal(["a_seconds{instance=\"\",job=\"test\",x=\"y\"} 1.5"], await gateway.SamplesAsync("a_seconds"));
        Assert.InRange(Assert.NotNull(outcome.ClockSkew), TimeSpan.FromSeconds(-1), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Any_well_formed_value_of_a_grouping_label_arrives_as_it_was()
    {
        string[] hostile =
        [
            "/",
            "a/b",
            "a/b/c",
            "..",
            ".",
            "...",
            "a.",
            "%",
            "100%",
            "%2F",
            "#",
            "a#b",
            "?",
            "a?b",
            "\\",
            "+",
            "a b",
            " ",
            "",
            "a\nb",
            "\r\n",
            "\t",
            "\"",
            "'",
            "é",
            "\ud83d\ude00",
            "\u2028",
            "\ufeff",
            "@base64",
            "=",
            "~",
            "a&b;c:d",
            "{x=\"y\"}",
            "http://h/x",
            "\u0001\u007f",
            "\uffff",
        ];
        await using var gateway = await PushgatewayServer.StartAsync();

        foreach (var value in hostile)
        {
            var outcome = await PushAsync(
                gateway,
                RegistryPushTests.Registry("a_seconds", 1),
                Gateways.Key("job of " + value, ("x", value), ("last", "1"))
            );
            Assert.True(outcome.Result == PushResult.Stored, outcome.Describe());
        }

        var stored = (await gateway.GroupsAsync()).Select(group => group.GetProperty("labels")).ToList();
        Assert.Equal(
            hostile.Order(StringComparer.Ordinal),
            stored.Select(labels => labels.TryGetProperty("x", out var x) ? x.GetString() : "(absent)").Order(StringComparer.Ordinal)
        );
        Assert.All(stored, labels => Assert.Equal("job of " + labels.GetProperty("x").GetString(), labels.GetProperty("job").GetString()));
        Assert.All(stored, labels => Assert.Equal("1", labels.GetProperty("last").GetString()));
        Assert.Equal(hostile.Length, (await gateway.SamplesAsync("a_seconds")).Count);
    }

    [Fact]
    public async Task A_push_replaces_its_group_and_touches_no_other()
    {
        await using var gateway = await PushgatewayServer.StartAsync();
        await PushAsync(gateway, RegistryPushTests.Registry("old_seconds", 1), Gateways.Key("test"));
        await PushAsync(gateway, RegistryPushTests.Registry("old_seconds", 2), Gateways.Key("test", ("x", "other")));

        var outcome = await PushAsync(gateway, RegistryPushTests.Registry("new_seconds", 3), Gateways.Key("test"));

        Assert.Equal(PushResult.Stored, outcome.Result);
        Assert.Equal(["old_seconds{instance=\"\",job=\"test\",x=\"other\"} 2"], await gateway.SamplesAsync("old_seconds"));
        Assert.Equal(["new_seconds{instance=\"\",job=\"test\"} 3"], await gateway.SamplesAsync("new_seconds"));
    }

    [RefusalFact]
    public async Task A_conflict_of_types_is_told_in_the_gateways_words_and_names_the_family()
    {
        await using var gateway = await PushgatewayServer.StartAsync();
        using var client = new HttpClient();
        using var stranger = new StringContent("walg_last_upload 1\n");
        using var answer = await client.PutAsync(new Uri(gateway.Url + "/metrics/job/stranger"), stranger);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        var outcome = await PushAsync(gateway, RegistryPushTests.Registry("walg_last_upload", 2), Gateways.Key("test"));

        Assert.Equal((PushResult.Refused, 1, 400), (outcome.Result, outcome.Attempts, outcome.Status));
        Assert.StartsWith("pushed metrics are invalid or inconsistent with existing metrics: ", outcome.Message, StringComparison.Ordinal);
        Assert.True(outcome.Mentions("walg_last_upload"));
        Assert.False(outcome.Mentions("pghoard_last_upload_age"));
        Assert.DoesNotContain(
            await gateway.SamplesAsync("walg_last_upload"),
            line => line.Contains("job=\"test\"", StringComparison.Ordinal)
        );
    }

    [RefusalFact]
    public async Task A_gateway_that_somebody_has_poisoned_says_so()
    {
        await using var gateway = await PushgatewayServer.StartAsync();
        using var client = new HttpClient();
        using var stranger = new StringContent("a 1\n");
        using var answer = await client.PutAsync(new Uri(gateway.Url + "/metrics/job/bad/x@base64/__4"), stranger);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);

        var outcome = await PushAsync(gateway, RegistryPushTests.Registry("a_seconds", 2), Gateways.Key("test"));

        Assert.Equal((PushResult.Refused, 400), (outcome.Result, outcome.Status));
        Assert.Contains("has a label named \"x\" whose value is not utf8", outcome.Message, StringComparison.Ordinal);
        Assert.Contains("value:\"bad\"", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_its_consistency_check_it_only_accepts()
    {
        await using var gateway = await PushgatewayServer.StartAsync("--push.disable-consistency-check");

        var outcome = await PushAsync(gateway, RegistryPushTests.Registry("a_seconds", 1), Gateways.Key("test"));

        Assert.Equal((PushResult.Accepted, 202), (outcome.Result, outcome.Status));
    }

    [Fact]
    public async Task Another_path_is_refused()
    {
        await using var gateway = await PushgatewayServer.StartAsync();

        var outcome = await Gateways.PushTextAsync(gateway.Url + "/elsewhere");

        Assert.Equal((PushResult.Refused, 404), (outcome.Result, outcome.Status));
        Assert.StartsWith(
            $"{gateway.Url}/elsewhere refused the push (HTTP 404): there is no Pushgateway at this URL, or a path prefix is missing: ",
            outcome.Describe(),
            StringComparison.Ordinal
        );
        Assert.Contains("404 page not found", outcome.Describe(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_route_prefix_is_kept()
    {
        await using var gateway = await PushgatewayServer.StartAsync("--web.route-prefix=/gw");

        Assert.Equal(PushResult.Stored, (await Gateways.PushTextAsync(gateway.Url + "/gw/metrics/")).Result);
    }

    [Fact]
    public async Task A_gateway_that_is_gone_is_unreachable()
    {
        var gateway = await PushgatewayServer.StartAsync();
        await gateway.DisposeAsync();

        var outcome = await PushAsync(gateway, RegistryPushTests.Registry("a_seconds", 1), Gateways.Key("test"));

        Assert.Equal((PushResult.Unreachable, 5, false), (outcome.Result, outcome.Attempts, outcome.MayBeApplied));
    }

    static Task<PushOutcome> PushAsync(PushgatewayServer gateway, CollectorRegistry registry, GroupingKey key) =>
        RegistryPushTests.PushAsync(gateway.Url, registry, key);
}
