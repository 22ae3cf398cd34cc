using System.Globalization;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Pushgateway.Api;
using BackupMetricsJob.Tests.Support;
using static BackupMetricsJob.Tests.Support.StubPushgateway;

namespace BackupMetricsJob.Tests.Pushgateway;

/// <summary>
/// What a gateway lists of our group tells a refusal from a loss, where the connection ended without an answer. The push took 10 s, and the
/// gateway's clock is an hour ahead.
/// </summary>
public sealed class UnansweredRefusalTests
{
    static readonly DateTimeOffset Now = DateTimeOffset.UtcNow.AddHours(1);

    static readonly PushOutcome Lost = new(PushResult.Unreachable, "http://g")
    {
        Message = "The response ended prematurely. (ResponseEnded)",
        MayBeApplied = true,
        Elapsed = TimeSpan.FromSeconds(10),
    };

    [Theory]
    [InlineData(-1000, -5, true)]
    [InlineData(null, -5, true)] // It was our first push.
    [InlineData(-1000, -30, false)] // It is an earlier push that failed.
    [InlineData(-5, -1000, false)] // It was stored.
    [InlineData(-1, -5, false)] // It was stored in the end.
    [InlineData(-5, null, false)]
    public async Task It_is_one_if_the_gateway_lists_a_failure_since_it_was_sent(int? pushed, int? failed, bool isRefusal)
    {
        await using var stub = new StubPushgateway(Groups(pushed, failed));

        var outcome = await FindAsync(Lost, stub.Url);

        Assert.Equal(isRefusal ? PushResult.Refused : PushResult.Unreachable, outcome.Result);
        Assert.Equal((isRefusal, !isRefusal), (outcome.ReasonIsUnknown, outcome.MayBeApplied));
        if (isRefusal)
            Assert.Equal(
                "http://g refused the push: it ended the connection without an answer, and lists the push as a failed one "
                    + "(The response ended prematurely. (ResponseEnded))",
                outcome.Describe()
            );
        else
            Assert.Same(Lost, outcome);
    }

    [Fact]
    public async Task Where_nothing_was_lost_the_gateway_is_not_asked()
    {
        await using var stub = new StubPushgateway(Groups(null, -5));

        foreach (var result in new[] { PushResult.Stored, PushResult.Refused, PushResult.TimedOut, PushResult.Unavailable })
            Assert.Equal(result, (await FindAsync(Lost with { Result = result }, stub.Url)).Result);
        Assert.Equal(PushResult.Unreachable, (await FindAsync(Lost with { MayBeApplied = false }, stub.Url)).Result);

        Assert.Empty(stub.Requests);
    }

    [Fact]
    public async Task A_gateway_that_says_nothing_or_has_no_such_group_leaves_it_open()
    {
        await using var failing = new StubPushgateway(Status(500));
        await using var other = new StubPushgateway(Groups(null, -5, job: "other"));
        await using var hanging = new StubPushgateway(Hang());

        Assert.Same(Lost, await FindAsync(Lost, failing.Url));
        Assert.Same(Lost, await FindAsync(Lost, other.Url));
        Assert.Same(Lost, await FindAsync(Lost, hanging.Url, TimeSpan.FromSeconds(0.2)));
    }

    static Task<PushOutcome> FindAsync(PushOutcome outcome, string url, TimeSpan? left = null) =>
        UnansweredRefusal.FindAsync(
            outcome,
            Gateways.At(url),
            Gateways.Key("j"),
            left ?? TimeSpan.FromSeconds(9),
            TimeProvider.System,
            CancellationToken.None
        );

    static StubReply Groups(int? pushed, int? failed, string job = "j") =>
        Status(
            200,
            $$"""{"status":"success","data":[{"labels":{"job":"{{job}}"},{{Gauge("push_time_seconds", pushed)}},{{Gauge("push_failure_time_seconds", failed)}}}]}""",
            "Date: " + Now.ToString("R", CultureInfo.InvariantCulture)
        );

    static string Gauge(string name, int? seconds)
    {
        var value = seconds is { } since ? Now.AddSeconds(since).ToUnixTimeSeconds() : 0;
        return $$$"""
            "{{{name}}}":{"type":"GAUGE","metrics":[{"labels":{"instance":""},"value":"{{{value}}}"}]}
            """;
    }
}
