using System.Globalization;
using System.Net;
using System.Net.Sockets;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Tests.Support;
using BackupMetricsJob.Text;
using static BackupMetricsJob.Tests.Support.StubPushgateway;

namespace BackupMetricsJob.Tests.Pushgateway;

/// <summary>Servers that are no Pushgateway, by what they answer.</summary>
public sealed class PushToOtherServersTests
{
    [Theory]
    [InlineData(200, "<html>\nWelcome!</html>", "Content-Type: text/html; charset=utf-8", "with a web page")]
    [InlineData(
        200,
        "<html><TITLE>Welcome\nto \u001b[31m</TITLE>",
        "Content-Type: text/html",
        "with a web page, \"Welcome to \ufffd[31m\""
    )]
    [InlineData(200, "<html>", "Content-Type: application/xhtml+xml", "\"<html>\"")]
    [InlineData(200, "<!DOCTYPE html>", "Server: stub\u001b", "\"<!DOCTYPE html>\" (server: stub\ufffd)")]
    [InlineData(200, "OK", "Content-Type: text/plain", "\"OK\"")]
    [InlineData(202, "OK", "Content-Type: text/plain", "\"OK\"")]
    [InlineData(200, "{\"status\":\"success\"}", "Content-Type: application/json", "\"{\"status\":\"success\"}\"")]
    [InlineData(201, "\u001b[31m", "X: x", "\"\ufffd[31m\"")]
    public async Task What_says_anything_to_a_push_is_no_pushgateway(int status, string body, string header, string says)
    {
        await using var stub = new StubPushgateway(Status(status, body, header));

        var outcome = await Gateways.PushTextAsync(stub.Url);

        Assert.Equal((PushResult.Refused, 1, false), (outcome.Result, outcome.Attempts, outcome.MayBeApplied));
        Assert.Equal($"this is not a Pushgateway: it responded {says}", outcome.Message);
        Assert.Single(stub.Requests);
    }

    [Fact]
    public async Task A_long_page_is_not_quoted_whole_and_need_not_end()
    {
        await using var stub = new StubPushgateway(Hang("HTTP/1.1 200 OK\r\n\r\n" + new string('x', 100_000)));

        var outcome = await Gateways.PushTextAsync(stub.Url, budget: Gateways.Seconds(20));

        Assert.Equal(PushResult.Refused, outcome.Result);
        Assert.InRange(outcome.Message.Length, 80, 200);
    }

    /// <summary>Prometheus, nginx and Grafana answer so, and a Pushgateway whose path has a prefix.</summary>
    [Theory]
    [InlineData(404, "404 page not found\n", "X: x", "\"404 page not found\"")]
    [InlineData(
        405,
        "<title>405 Not Allowed</title>",
        "Content-Type: text/html\r\nServer: nginx",
        "with a web page, \"405 Not Allowed\" (server: nginx)"
    )]
    public async Task Where_nobody_knows_the_path_there_is_no_Pushgateway(int status, string body, string header, string says)
    {
        await using var stub = new StubPushgateway(Status(status, body, header));

        var outcome = await Gateways.PushTextAsync(stub.Url);

        Assert.Equal((PushResult.Refused, 1), (outcome.Result, outcome.Attempts));
        Assert.Equal($"there is no Pushgateway at this URL, or a path prefix is missing: it responded {says}", outcome.Message);
    }

    [Fact]
    public async Task A_server_that_does_not_know_PUT_or_speaks_no_HTTP_is_no_Pushgateway_and_is_asked_once()
    {
        await using var page = new StubPushgateway(Status(501, "<p>Unsupported method ('PUT')</p>"));
        await using var ssh = new StubPushgateway(Raw("SSH-2.0-OpenSSH_9.2\r\n"));

        var unsupported = await Gateways.PushTextAsync(page.Url);
        var banner = await Gateways.PushTextAsync(ssh.Url);

        Assert.Equal((PushResult.Refused, 1), (unsupported.Result, unsupported.Attempts));
        Assert.StartsWith("this is not a Pushgateway: it responded \"<p>Unsupported", unsupported.Message, StringComparison.Ordinal);
        Assert.Equal((PushResult.Unreachable, 1, false), (banner.Result, banner.Attempts, banner.MayBeApplied));
    }
}
