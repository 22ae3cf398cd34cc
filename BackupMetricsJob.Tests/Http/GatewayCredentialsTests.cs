using BackupMetricsJob.Http;
using BackupMetricsJob.Tests.Pushgateway;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Http;

public sealed class GatewayCredentialsTests
{
    [Fact]
    public void Our_own_secrets_are_hidden_in_what_others_say()
    {
        Assert.Equal(
            "Authorization: Basic ***, that is job:***",
            ClientCredentials.Basic("job", "s3cret").Redact("Authorization: Basic am9iOnMzY3JldA==, that is job:s3cret")
        );
        Assert.Equal("Bearer ***", ClientCredentials.Bearer("t0ken").Redact("Bearer t0ken"));
    }

    [Theory]
    [InlineData(401)]
    [InlineData(503)]
    [InlineData(202)]
    public async Task A_gateway_that_repeats_the_request_does_not_make_us_repeat_it(int status)
    {
        await using var gateway = new StubPushgateway(StubPushgateway.Status(status, "you said: Authorization: Bearer t0ken-of-ours"));

        var outcome = await Gateways.PushTextAsync(
            gateway.Url,
            budget: Gateways.Seconds(5),
            credentials: ClientCredentials.Bearer("t0ken-of-ours")
        );

        Assert.DoesNotContain("t0ken", outcome.Describe() + outcome.Answer, StringComparison.Ordinal);
        Assert.Contains("***", outcome.Answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_quoted_of_a_strange_answer_ends_with_no_piece_of_a_secret()
    {
        for (var before = 60; before < 82; before++)
        {
            await using var gateway = new StubPushgateway(StubPushgateway.Status(200, new string('x', before) + " t0ken-of-ours"));

            var outcome = await Gateways.PushTextAsync(gateway.Url, credentials: ClientCredentials.Bearer("t0ken-of-ours"));

            Assert.DoesNotContain("t0", outcome.Describe() + outcome.Answer, StringComparison.Ordinal);
        }
    }
}
