using System.Globalization;
using System.Net;
using System.Net.Sockets;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Tests.Support;
using BackupMetricsJob.Text;
using static BackupMetricsJob.Tests.Support.StubPushgateway;

namespace BackupMetricsJob.Tests.Pushgateway;

/// <summary>Every response of a gateway, or of another server, to a push.</summary>
public sealed class PushOutcomeTests
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
    [InlineData(202)]
    [InlineData(204)]
    public async Task Another_success_is_accepted_but_not_checked(int status)
    {
        await using var stub = new StubPushgateway(status == 204 ? Raw("HTTP/1.1 204 No Content\r\n\r\n") : Status(status));

        var outcome = await Gateways.PushTextAsync(stub.Url);

        Assert.Equal(PushResult.Accepted, outcome.Result);
        Assert.True(outcome.Arrived);
        Assert.StartsWith(
            $"{stub.Url} accepted the push without checking it (HTTP {status})",
            outcome.Describe(),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(413)]
    public async Task A_refusal_is_final_and_keeps_the_gateways_words(int status)
    {
        await using var stub = new StubPushgateway(Status(status, "pushed metrics are\r\ninvalid:\t\u001b[31m walg_last_upload\0\n"));

        var outcome = await Gateways.PushTextAsync(stub.Url);

        Assert.Equal(PushResult.Refused, outcome.Result);
        Assert.Equal((1, status), (outcome.Attempts, outcome.Status));
        Assert.Single(stub.Requests);
        Assert.Equal("pushed metrics are invalid: \ufffd[31m walg_last_upload\ufffd", outcome.Message);
        Assert.StartsWith($"{stub.Url} refused the push", outcome.Describe(), StringComparison.Ordinal);
        Assert.EndsWith($" (HTTP {status}): {outcome.Message}", outcome.Describe(), StringComparison.Ordinal);
        Assert.True(outcome.Mentions("walg_last_upload"));
        Assert.False(outcome.Mentions("walg_last"));
        Assert.False(outcome.Mentions("last_upload"));
    }

    [Fact]
    public async Task Long_words_are_cut_but_a_name_in_them_is_still_found()
    {
        await using var stub = new StubPushgateway(Status(400, new string('x', 3000) + " walg_last_upload"));

        var outcome = await Gateways.PushTextAsync(stub.Url);

        Assert.Equal(PlainText.DefaultMaxLength + 3, outcome.Message.Length);
        Assert.True(outcome.Mentions("walg_last_upload"));
    }

    [Fact]
    public async Task A_refusal_without_words_gives_the_status_its_name()
    {
        await using var stub = new StubPushgateway(Status(400));

        Assert.Equal("Stub", (await Gateways.PushTextAsync(stub.Url)).Message);
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
        Assert.Equal($"redirected to {other.Url}/pre; use that URL", outcome.Message);
        Assert.Empty(other.Requests);
        Assert.Single(stub.Requests);
    }

    [Fact]
    public async Task A_redirect_to_a_path_or_to_nowhere_or_with_a_password_is_told_safely()
    {
        await using var stub = new StubPushgateway(
            Status(301, "", "Location: /login?token=s3cret"),
            Status(301),
            Status(301, "", "Location: http://u:s3cret@h/metrics/job/test")
        );

        Assert.Equal(
            $"redirected to {stub.Url}/login: this is not a Pushgateway, or a login is in front of it",
            (await Gateways.PushTextAsync(stub.Url)).Message
        );
        Assert.Equal("redirected without a location", (await Gateways.PushTextAsync(stub.Url)).Message);
        Assert.Equal("redirected to http://h; use that URL", (await Gateways.PushTextAsync(stub.Url)).Message);
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

        Assert.Equal((PushResult.Unreachable, !text.StartsWith("FATAL", StringComparison.Ordinal)), (outcome.Result, outcome.MayBeApplied));
        Assert.NotEmpty(outcome.Message);
    }

    [Fact]
    public async Task A_refusal_whose_words_are_cut_off_stays_a_refusal()
    {
        await using var stub = new StubPushgateway(Raw("HTTP/1.1 400 Bad Request\r\nContent-Length: 100\r\n\r\ntext format par"));

        var outcome = await Gateways.PushTextAsync(stub.Url);

        Assert.Equal((PushResult.Refused, "text format par"), (outcome.Result, outcome.Message));
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
            $"http://127.0.0.1:{port} could not be reached: Connection refused (127.0.0.1:{port}); 5 attempts in ",
            outcome.Describe(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_name_that_does_not_exist_is_unreachable()
    {
        var outcome = await Gateways.PushTextAsync("http://gateway.invalid:9091", budget: Gateways.Seconds(10));

        Assert.Equal((PushResult.Unreachable, false), (outcome.Result, outcome.MayBeApplied));
        Assert.Contains("gateway.invalid:9091", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plain_http_behind_https_is_unreachable()
    {
        await using var plain = new StubPushgateway(Status(200));

        var outcome = await Gateways.PushTextAsync(
            plain.Url.Replace("http:", "https:", StringComparison.Ordinal),
            budget: Gateways.Seconds(1)
        );

        Assert.Equal((PushResult.Unreachable, false), (outcome.Result, outcome.MayBeApplied));
        Assert.DoesNotContain("see inner exception", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_text_never_leaves()
    {
        await using var stub = new StubPushgateway(Status(200));

        var outcome = await Gateways.PushTextAsync(stub.Url, "");

        Assert.Equal((PushResult.NotSent, 0), (outcome.Result, outcome.Attempts));
        Assert.Equal($"nothing was sent to {stub.Url}: there is nothing to push", outcome.Describe());
        Assert.Empty(stub.Requests);
    }

    [Theory]
    [InlineData(-3600)]
    [InlineData(0)]
    [InlineData(90)]
    public async Task The_date_of_an_answer_shows_the_skew_of_the_clocks(int seconds)
    {
        var now = new DateTimeOffset(2026, 11, 22, 12, 0, 0, 700, TimeSpan.Zero);
        await using var stub = new StubPushgateway(
            Status(200, "", "Date: " + now.AddSeconds(seconds).ToString("R", CultureInfo.InvariantCulture))
        );

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

    sealed class ClockStoppedAt(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
