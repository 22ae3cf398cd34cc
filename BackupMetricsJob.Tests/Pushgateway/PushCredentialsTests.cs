using BackupMetricsJob.Http;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Tests.Support;
using static BackupMetricsJob.Tests.Support.StubPushgateway;

namespace BackupMetricsJob.Tests.Pushgateway;

/// <summary>Credentials are sent with every attempt, to no other host, and never shown.</summary>
public sealed class PushCredentialsTests
{
    [Fact]
    public async Task A_real_gateway_lets_in_who_has_the_password_and_nobody_else()
    {
        using var folder = new TempFolder();
        await using var gateway = await PushgatewayServer.StartAsync("--web.config.file=" + folder.Write("web.yml", Gateways.Users));

        var stored = await Gateways.PushTextAsync(gateway.Url, credentials: Gateways.Job);
        var wrong = await Gateways.PushTextAsync(gateway.Url, credentials: ClientCredentials.Basic("job", "s3cret"));
        var none = await Gateways.PushTextAsync(gateway.Url);

        Assert.Equal(PushResult.Stored, stored.Result);
        Assert.Equal((PushResult.Refused, 1, 401), (wrong.Result, wrong.Attempts, wrong.Status));
        Assert.Equal($"{gateway.Url} refused the push: it rejected the configured credentials (HTTP 401): Unauthorized", wrong.Describe());
        Assert.Equal(
            $"{gateway.Url} refused the push: it requires credentials, and none are configured (HTTP 401): Unauthorized",
            none.Describe()
        );
    }

    [Theory]
    [InlineData(true, ": the configured credentials do not permit this (HTTP 403): Stub")]
    [InlineData(false, ": it may require credentials, and none are configured (HTTP 403): Stub")]
    public async Task Forbidden_is_told_from_unauthorized(bool given, string words)
    {
        await using var stub = new StubPushgateway(Status(403));

        var outcome = await Gateways.PushTextAsync(stub.Url, credentials: given ? Gateways.Job : null);

        Assert.Equal($"{stub.Url} refused the push{words}", outcome.Describe());
    }

    [Fact]
    public async Task A_token_goes_with_every_attempt()
    {
        await using var stub = new StubPushgateway(Status(503), Status(503), Status(200));

        var outcome = await Gateways.PushTextAsync(stub.Url, credentials: ClientCredentials.Bearer("s3cret.t0ken"));

        Assert.Equal((PushResult.Stored, 3), (outcome.Result, outcome.Attempts));
        Assert.Equal(Enumerable.Repeat("Bearer s3cret.t0ken", 3), stub.Requests.Select(request => request.Headers["authorization"]));
    }

    [Fact]
    public async Task A_redirect_does_not_get_them()
    {
        await using var other = new StubPushgateway(Status(200));
        await using var stub = new StubPushgateway(Status(307, "", $"Location: {other.Url}/metrics/job/test"));

        var outcome = await Gateways.PushTextAsync(stub.Url, credentials: ClientCredentials.Bearer("s3cret"));

        Assert.Equal(PushResult.Refused, outcome.Result);
        Assert.Empty(other.Requests);
        Assert.DoesNotContain("s3cret", outcome.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_gives_none_sends_no_header()
    {
        await using var stub = new StubPushgateway(Status(200));

        await Gateways.PushTextAsync(stub.Url);

        Assert.False(Assert.Single(stub.Requests).Headers.ContainsKey("authorization"));
    }

    [Fact]
    public async Task A_long_text_is_not_sent_to_its_end_to_who_has_refused_it_already()
    {
        using var folder = new TempFolder();
        await using var gateway = await PushgatewayServer.StartAsync("--web.config.file=" + folder.Write("web.yml", Gateways.Users));

        var outcome = await Gateways.PushTextAsync(gateway.Url, Gateways.Long(400_000));

        Assert.Equal((PushResult.Refused, 1, 401), (outcome.Result, outcome.Attempts, outcome.Status));
    }

    [Theory]
    [InlineData(401)]
    [InlineData(413)]
    public async Task A_refusal_that_comes_before_the_text_is_read_is_heard(int status)
    {
        await using var hasty = new HastyGateway($"HTTP/1.1 {status} No\r\nContent-Length: 3\r\nConnection: close\r\n\r\nno\n");

        var outcome = await Gateways.PushTextAsync(hasty.Url, Gateways.Long(2_000_000));

        Assert.Equal((PushResult.Refused, 1, status, "no"), (outcome.Result, outcome.Attempts, outcome.Status, outcome.Message));
        Assert.InRange(hasty.Received, 1, 4_000_000);
    }
}
