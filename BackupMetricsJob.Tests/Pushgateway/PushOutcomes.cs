using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Tests.Support;
using static BackupMetricsJob.Tests.Support.StubPushgateway;

namespace BackupMetricsJob.Tests.Pushgateway;

/// <summary>Everything that a gateway, or what stands in its place, can do to a push.</summary>
public class PushOutcomes
{
    [Fact]
    public async Task Stored_is_one_put_of_the_text_to_the_groups_url()
    {
        await using var stub = new StubPushgateway(Status(200));

        var outcome = await Gateways.PushTextAsync(stub.Url + "/prefix", key: Gateways.Key("a/b", ("x", "y")));

        Assert.Equal(PushResult.Stored, outcome.Result);
        Assert.True(outcome.Arrived);
        Assert.Equal((1, 200, false), (outcome.Attempts, outcome.Status, outcome.MayBeApplied));
        Assert.Equal($"{stub.Url}/prefix stored the push", outcome.Describe());
        var request = Assert.Single(stub.Requests);
        Assert.Equal("PUT", request.Method);
        Assert.Equal("/prefix/metrics/job@base64/YS9i/x/y", request.Path);
        Assert.Equal(Gateways.Text, request.Text);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", request.Headers["content-type"]);
        Assert.Equal(Gateways.Text.Length.ToString(CultureInfo.InvariantCulture), request.Headers["content-length"]);
        Assert.False(request.Headers.ContainsKey("traceparent"));
    }

    [Theory]
    [InlineData(202, "")]
    [InlineData(204, "")]
    [InlineData(200, "ok")]
    public async Task Another_success_is_accepted_but_not_checked(int status, string body)
    {
        await using var stub = new StubPushgateway(status == 204 ? Raw("HTTP/1.1 204 No Content\r\n\r\n") : Status(status, body));

        var outcome = await Gateways.PushTextAsync(stub.Url);

        Assert.Equal(PushResult.Accepted, outcome.Result);
        Assert.True(outcome.Arrived);
        Assert.StartsWith($"{stub.Url} accepted the push without checking it (HTTP {status})", outcome.Describe(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_web_page_is_no_success()
    {
        await using var stub = new StubPushgateway(Status(200, "<html>Welcome!</html>", "Content-Type: text/html; charset=utf-8"));

        var outcome = await Gateways.PushTextAsync(stub.Url);

        Assert.Equal(PushResult.Refused, outcome.Result);
        Assert.Equal("answered with a web page: this is not a Pushgateway", outcome.Words);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(405)]
    [InlineData(413)]
    public async Task A_refusal_is_final_and_keeps_the_gateways_words(int status)
    {
        await using var stub = new StubPushgateway(Status(status, "pushed metrics are\r\ninvalid:\t\u001b[31m walg_last_upload\0\n"));

        var outcome = await Gateways.PushTextAsync(stub.Url);

        Assert.Equal(PushResult.Refused, outcome.Result);
        Assert.Equal((1, status), (outcome.Attempts, outcome.Status));
        Assert.Single(stub.Requests);
        Assert.Equal("pushed metrics are invalid: \ufffd[31m walg_last_upload\ufffd", outcome.Words);
        Assert.Equal($"{stub.Url} refused the push (HTTP {status}): {outcome.Words}", outcome.Describe());
        Assert.True(outcome.Mentions("walg_last_upload"));
        Assert.False(outcome.Mentions("walg_last"));
        Assert.False(outcome.Mentions("last_upload"));
    }

    [Fact]
    public async Task Long_words_are_cut_but_a_name_in_them_is_still_found()
    {
        await using var stub = new StubPushgateway(Status(400, new string('x', 3000) + " walg_last_upload"));

        var outcome = await Gateways.PushTextAsync(stub.Url);

        Assert.Equal(Words.Limit + 3, outcome.Words.Length);
        Assert.True(outcome.Mentions("walg_last_upload"));
    }

    [Fact]
    public async Task A_refusal_without_words_gives_the_status_its_name()
    {
        await using var stub = new StubPushgateway(Status(400));

        Assert.Equal("Stub", (await Gateways.PushTextAsync(stub.Url)).Words);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_is_not_followed_but_told(int status)
    {
        await using var other = new StubPushgateway(Status(200));
        await using var stub = new StubPushgateway(Status(status, "", $"Location: {other.Url}/pre/metrics/job/test"));

        var outcome = await Gateways.PushTextAsync(stub.Url);

        Assert.Equal(PushResult.Refused, outcome.Result);
        Assert.Equal($"redirected to {other.Url}/pre; use that URL", outcome.Words);
        Assert.Empty(other.Requests);
        Assert.Single(stub.Requests);
    }

    [Fact]
    public async Task A_redirect_to_a_path_or_to_nowhere_or_with_a_password_is_told_safely()
    {
        await using var stub = new StubPushgateway(
            Status(301, "", "Location: /login?token=s3cret"), Status(301), Status(301, "", "Location: http://u:s3cret@h/metrics/job/test"));

        Assert.Equal($"redirected to {stub.Url}/login; use that URL", (await Gateways.PushTextAsync(stub.Url)).Words);
        Assert.Equal("redirected without saying where to", (await Gateways.PushTextAsync(stub.Url)).Words);
        Assert.Equal("redirected to http://h; use that URL", (await Gateways.PushTextAsync(stub.Url)).Words);
    }

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

        Assert.Equal("full", outcome.Words);
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
            Status(503, "", "Date: Sun, 22 Nov 2026 10:00:00 GMT", "Retry-After: Sun, 22 Nov 2026 10:01:00 GMT"), Status(200));

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
        Assert.Contains("reset", outcome.Words, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(5, hopeless.Requests.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 20")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le")]
    [InlineData("FATAL: unsupported frontend protocol\r\n\r\n")]
    public async Task Half_an_answer_or_none_of_http_is_no_answer(string text)
    {
        await using var stub = new StubPushgateway(Raw(text));

        var outcome = await Gateways.PushTextAsync(stub.Url);

        Assert.Equal((PushResult.Unreachable, true), (outcome.Result, outcome.MayBeApplied));
        Assert.NotEmpty(outcome.Words);
    }

    [Fact]
    public async Task A_refusal_whose_words_are_cut_off_stays_a_refusal()
    {
        await using var stub = new StubPushgateway(Raw("HTTP/1.1 400 Bad Request\r\nContent-Length: 100\r\n\r\ntext format par"));

        var outcome = await Gateways.PushTextAsync(stub.Url);

        Assert.Equal((PushResult.Refused, "text format par"), (outcome.Result, outcome.Words));
    }

    [Fact]
    public async Task A_success_whose_body_never_comes_is_not_called_checked()
    {
        await using var stub = new StubPushgateway(Hang("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"));

        var outcome = await Gateways.PushTextAsync(stub.Url, budget: Gateways.Seconds(0.5));

        Assert.Equal(PushResult.Accepted, outcome.Result);
    }

    [Fact]
    public async Task Nobody_there_is_unreachable_and_certainly_not_applied()
    {
        using var free = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        free.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)free.LocalEndPoint!).Port;

        var outcome = await Gateways.PushTextAsync($"http://127.0.0.1:{port}");

        Assert.Equal((PushResult.Unreachable, 5, false), (outcome.Result, outcome.Attempts, outcome.MayBeApplied));
        Assert.StartsWith(
            $"http://127.0.0.1:{port} could not be reached: Connection refused (127.0.0.1:{port}); 5 attempts in ", outcome.Describe(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_does_not_exist_is_unreachable()
    {
        var outcome = await Gateways.PushTextAsync("http://gateway.invalid:9091", budget: Gateways.Seconds(10));

        Assert.Equal((PushResult.Unreachable, false), (outcome.Result, outcome.MayBeApplied));
        Assert.Contains("gateway.invalid:9091", outcome.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plain_http_behind_https_is_unreachable()
    {
        await using var plain = new StubPushgateway(Status(200));

        var outcome = await Gateways.PushTextAsync(plain.Url.Replace("http:", "https:", StringComparison.Ordinal), budget: Gateways.Seconds(1));

        Assert.Equal((PushResult.Unreachable, false), (outcome.Result, outcome.MayBeApplied));
        Assert.DoesNotContain("see inner exception", outcome.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_connection_in_time_is_unreachable_and_certainly_not_applied()
    {
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        using var first = new TcpClient();
        await first.ConnectAsync((IPEndPoint)full.LocalEndPoint!);

        var outcome = await Gateways.PushTextAsync($"http://{full.LocalEndPoint}", budget: Gateways.Seconds(0.6, 0.2));

        Assert.Equal((PushResult.Unreachable, false), (outcome.Result, outcome.MayBeApplied));
        Assert.StartsWith("no connection within ", outcome.Words, StringComparison.Ordinal);
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
    public async Task Silence_once_is_tried_again()
    {
        await using var stub = new StubPushgateway(Hang(), Status(200));

        var outcome = await Gateways.PushTextAsync(stub.Url, budget: Gateways.Seconds(30, 0.3));

        Assert.Equal((PushResult.Stored, false), (outcome.Result, outcome.MayBeApplied));
        Assert.True(outcome.Attempts > 1);
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

        Assert.Equal((PushResult.Cancelled, 1, "full"), (outcome.Result, outcome.Attempts, outcome.Words));
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
        Assert.Equal($"{stub.Url} could not be reached: no time was left to send anything", outcome.Describe());
        Assert.Empty(stub.Requests);
    }

    [Theory]
    [InlineData("", "there is nothing to push")]
    [InlineData("a 1", "the text to push does not end with a line feed")]
    [InlineData("a{x=\"\0\"} 1\n", "the text to push has a NUL in it")]
    [InlineData("\ufeffa 1\n", "the text to push begins with a byte order mark")]
    public async Task A_text_that_no_gateway_can_read_never_leaves(string text, string why)
        => await IsWithheldAsync(Encoding.UTF8.GetBytes(text), why);

    [Fact]
    public async Task Bytes_that_are_not_utf8_never_leave() => await IsWithheldAsync([(byte)'#', 0xff, 0xfe, (byte)'\n'], "the text to push is not UTF-8");

    [Theory]
    [InlineData(-3600)]
    [InlineData(0)]
    [InlineData(90)]
    public async Task The_date_of_an_answer_shows_the_skew_of_the_clocks(int seconds)
    {
        var now = new DateTimeOffset(2026, 11, 22, 12, 0, 0, 700, TimeSpan.Zero);
        await using var stub = new StubPushgateway(Status(200, "", "Date: " + now.AddSeconds(seconds).ToString("R", CultureInfo.InvariantCulture)));

        var outcome = await Gateways.PushTextAsync(stub.Url, clock: new ClockStoppedAt(now));

        Assert.Equal(TimeSpan.FromSeconds(seconds), outcome.ClockSkew);
    }

    [Theory]
    [InlineData("Date: yesterday")]
    [InlineData("Server: stub")]
    public async Task Without_a_date_there_is_no_skew(string header)
    {
        await using var stub = new StubPushgateway(Status(200, "", header));

        Assert.Null((await Gateways.PushTextAsync(stub.Url)).ClockSkew);
    }

    static async Task<(PushResult Result, int Attempts)> ResultAsync(string url)
    {
        var outcome = await Gateways.PushTextAsync(url);
        return (outcome.Result, outcome.Attempts);
    }

    static async Task IsWithheldAsync(byte[] text, string why)
    {
        await using var stub = new StubPushgateway(Status(200));

        var outcome = await Gateways.PushBytesAsync(stub.Url, text);

        Assert.Equal((PushResult.Withheld, why, 0), (outcome.Result, outcome.Words, outcome.Attempts));
        Assert.Equal($"nothing was sent to {stub.Url}: {why}", outcome.Describe());
        Assert.Empty(stub.Requests);
    }

    sealed class ClockStoppedAt(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
