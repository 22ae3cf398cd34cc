using System.Diagnostics;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Tests.Support;
using static BackupMetricsJob.Tests.Support.StubPushgateway;

namespace BackupMetricsJob.Tests.Pushgateway;

/// <summary>What is retried, how often, and when.</summary>
public sealed class PushRetryTests
{
    [Theory]
    [InlineData(408)]
    [InlineData(425)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task What_may_pass_is_tried_again_with_the_same_bytes(int status)
    {
        await using var stub = new StubPushgateway(Status(status, "busy"), Status(status), Status(200));

        var outcome = await Gateways.PushTextAsync(stub.Url);

        Assert.Equal((PushResult.Stored, 3, 200, false), (outcome.Result, outcome.Attempts, outcome.Status, outcome.MayBeApplied));
        Assert.StartsWith($"{stub.Url} stored the push; 3 attempts in ", outcome.Describe(), StringComparison.Ordinal);
        Assert.Equal(3, stub.Requests.Count);
        Assert.All(stub.Requests, request => Assert.Equal(Gateways.Text, request.Text));
    }

    [Fact]
    public async Task Five_attempts_are_all()
    {
        await using var stub = new StubPushgateway(Status(503, "full\n"));

        var outcome = await Gateways.PushTextAsync(stub.Url);

        Assert.Equal("full", outcome.Message);
        Assert.Equal((PushResult.Unavailable, 5, 503, false), (outcome.Result, outcome.Attempts, outcome.Status, outcome.MayBeApplied));
        Assert.Equal(5, stub.Requests.Count);
        Assert.StartsWith($"{stub.Url} is not available (HTTP 503): full; 5 attempts in ", outcome.Describe(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_that_lost_its_gateway_does_not_know_whether_it_was_applied()
    {
        await using var stub = new StubPushgateway(Status(504));

        Assert.True((await Gateways.PushTextAsync(stub.Url)).MayBeApplied);
    }

    [Fact]
    public async Task What_was_in_doubt_is_settled_by_an_answer()
    {
        await using var stub = new StubPushgateway(Status(504), Status(400, "no"));

        var outcome = await Gateways.PushTextAsync(stub.Url);

        Assert.Equal((PushResult.Refused, false), (outcome.Result, outcome.MayBeApplied));
    }

    [Fact]
    public async Task Retry_after_is_waited_for()
    {
        await using var stub = new StubPushgateway(Status(429, "", "Retry-After: 1"), Status(200));
        var watch = Stopwatch.StartNew();

        var outcome = await Gateways.PushTextAsync(stub.Url);

        Assert.Equal((PushResult.Stored, 2), (outcome.Result, outcome.Attempts));
        Assert.True(outcome.Elapsed >= TimeSpan.FromSeconds(0.99), $"waited {outcome.Elapsed}");
        Assert.InRange(watch.Elapsed, outcome.Elapsed, TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task Retry_after_as_a_date_counts_from_the_gateways_own_clock()
    {
        await using var stub = new StubPushgateway(
            Status(503, "", "Date: Sun, 22 Nov 2026 10:00:00 GMT", "Retry-After: Sun, 22 Nov 2026 10:01:00 GMT"),
            Status(200)
        );

        var outcome = await Gateways.PushTextAsync(stub.Url, budget: Gateways.Seconds(50));

        Assert.Equal((PushResult.Unavailable, 1), (outcome.Result, outcome.Attempts));
        Assert.True(outcome.Elapsed < TimeSpan.FromSeconds(20), $"waited {outcome.Elapsed}");
    }

    [Fact]
    public async Task A_reset_is_tried_again_and_in_the_end_unreachable()
    {
        await using var stub = new StubPushgateway(Reset(), Reset(), Status(200));
        await using var hopeless = new StubPushgateway(Reset());

        Assert.Equal((PushResult.Stored, 3), await ResultAsync(stub.Url));
        var outcome = await Gateways.PushTextAsync(hopeless.Url);

        Assert.Equal((PushResult.Unreachable, 5, null, true), (outcome.Result, outcome.Attempts, outcome.Status, outcome.MayBeApplied));
        Assert.Contains("; it may still be applied; 5 attempts", outcome.Describe(), StringComparison.Ordinal);
        Assert.Contains("reset", outcome.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(5, hopeless.Requests.Count);
    }

    [Fact]
    public async Task Silence_once_is_tried_again()
    {
        await using var stub = new StubPushgateway(Hang(), Status(200));

        var outcome = await Gateways.PushTextAsync(stub.Url, budget: Gateways.Seconds(30, 0.3));

        Assert.Equal((PushResult.Stored, false), (outcome.Result, outcome.MayBeApplied));
        Assert.True(outcome.Attempts > 1);
    }

    static async Task<(PushResult Result, int Attempts)> ResultAsync(string url)
    {
        var outcome = await Gateways.PushTextAsync(url);
        return (outcome.Result, outcome.Attempts);
    }
}
