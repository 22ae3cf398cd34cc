using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Tests.Support;
using static BackupMetricsJob.Tests.Support.StubPushgateway;

namespace BackupMetricsJob.Tests.Pushgateway;

/// <summary>A push ends in time, and when cancelled.</summary>
public sealed class PushTimeTests
{
    [Fact]
    public async Task A_success_whose_body_never_comes_is_none()
    {
        await using var stub = new StubPushgateway(Hang("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"));

        var outcome = await Gateways.PushTextAsync(stub.Url, budget: Gateways.Seconds(0.5));

        Assert.Equal((PushResult.Unreachable, true, "the response was cut off"), (outcome.Result, outcome.MayBeApplied, outcome.Message));
    }

    [Fact]
    public async Task No_connection_in_time_is_unreachable_and_certainly_not_applied()
    {
        using var backlog = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        backlog.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        backlog.Listen(0);
        using var first = new TcpClient();
        await first.ConnectAsync((IPEndPoint)backlog.LocalEndPoint!);

        var outcome = await Gateways.PushTextAsync($"http://{backlog.LocalEndPoint}", budget: Gateways.Seconds(0.6, 0.2));

        Assert.Equal((PushResult.Unreachable, false), (outcome.Result, outcome.MayBeApplied));
        Assert.StartsWith("no connection within ", outcome.Message, StringComparison.Ordinal);
        Assert.InRange(outcome.Elapsed, TimeSpan.FromSeconds(0.4), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Silence_is_timed_out_at_the_deadline_and_may_be_applied()
    {
        await using var stub = new StubPushgateway(Hang());
        var watch = Stopwatch.StartNew();

        var outcome = await Gateways.PushTextAsync(stub.Url, budget: Gateways.Seconds(1, 0.3));

        Assert.Equal((PushResult.TimedOut, true), (outcome.Result, outcome.MayBeApplied));
        Assert.InRange(outcome.Attempts, 2, 3);
        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(0.85), TimeSpan.FromSeconds(10));
        Assert.StartsWith($"{stub.Url} did not answer in time: no answer within ", outcome.Describe(), StringComparison.Ordinal);
        Assert.Contains("; it may still be applied", outcome.Describe(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drops_do_not_stretch_the_deadline()
    {
        await using var stub = new StubPushgateway(Drip("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", TimeSpan.FromSeconds(1)));
        var watch = Stopwatch.StartNew();

        var outcome = await Gateways.PushTextAsync(stub.Url, budget: Gateways.Seconds(0.6));

        Assert.Equal((PushResult.TimedOut, 1), (outcome.Result, outcome.Attempts));
        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Cancelled_in_the_middle_ends_at_once()
    {
        await using var stub = new StubPushgateway(Hang());
        using var stop = new CancellationTokenSource();
        var push = Gateways.PushTextAsync(stub.Url, budget: Gateways.Seconds(60, 60), hardStop: stop.Token);
        await stub.FirstRequest;

        await stop.CancelAsync();
        var outcome = await push.WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal((PushResult.Cancelled, 1, true), (outcome.Result, outcome.Attempts, outcome.MayBeApplied));
        Assert.Equal($"the push to {stub.Url} was cancelled; it may still be applied", outcome.Describe());
        Assert.Single(stub.Requests);
    }

    [Fact]
    public async Task Cancelled_while_it_waits_ends_at_once_and_keeps_the_words()
    {
        await using var stub = new StubPushgateway(Status(503, "full", "Retry-After: 25"));
        using var stop = new CancellationTokenSource();
        var stopsSoon = new Backoff(() =>
        {
            stop.CancelAfter(TimeSpan.FromMilliseconds(50));
            return 1;
        });

        var outcome = await Gateways.PushTextAsync(stub.Url, backoff: stopsSoon, hardStop: stop.Token).WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Equal((PushResult.Cancelled, 1, "full"), (outcome.Result, outcome.Attempts, outcome.Message));
    }

    [Fact]
    public async Task Cancelled_before_it_begins_sends_nothing()
    {
        await using var stub = new StubPushgateway(Status(200));

        var outcome = await Gateways.PushTextAsync(stub.Url, hardStop: new CancellationToken(canceled: true));

        Assert.Equal((PushResult.Cancelled, 0, false), (outcome.Result, outcome.Attempts, outcome.MayBeApplied));
        Assert.Empty(stub.Requests);
    }

    [Fact]
    public async Task Without_any_time_nothing_is_sent()
    {
        await using var stub = new StubPushgateway(Status(200));

        var outcome = await Gateways.PushTextAsync(stub.Url, budget: Gateways.Seconds(0));

        Assert.Equal((PushResult.Unreachable, 0), (outcome.Result, outcome.Attempts));
        Assert.Equal($"{stub.Url} could not be reached: no time left to send it", outcome.Describe());
        Assert.Empty(stub.Requests);
    }
}
