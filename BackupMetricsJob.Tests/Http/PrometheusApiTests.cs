using BackupMetricsJob.Http;
using BackupMetricsJob.Tests.Support;
using static BackupMetricsJob.Tests.Support.StubPushgateway;

namespace BackupMetricsJob.Tests.Http;

public class PrometheusApiTests
{
    [Fact]
    public async Task A_real_server_tells_its_configuration_its_version_and_its_series()
    {
        await using var prometheus = await PrometheusServer.StartAsync(
            """
            scrape_configs:
            - job_name: pushgateway
              honor_labels: true
              basic_auth: {username: u, password: s3cret}
              static_configs: [{targets: ['127.0.0.1:1']}]
            """
        );
        var api = Api(prometheus.Address);

        var configuration = (await api.ConfigurationAsync(CancellationToken.None)).Value;

        Assert.Contains("honor_labels: true", configuration, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", configuration, StringComparison.Ordinal);
        Assert.Matches(@"^\d+\.\d+\.\d+", (await api.VersionAsync(CancellationToken.None)).Value);
        Assert.Equal(
            "2",
            Assert.Single((await api.QueryAsync("1 + vector(1)", CancellationToken.None)).Value!).GetProperty("value")[1].GetString()
        );
        Assert.StartsWith(
            $"{prometheus.Address.ToString().TrimEnd('/')} refused (HTTP 400): ",
            (await api.QueryAsync("nonsense{", CancellationToken.None)).Failure?.Describe(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_prefix_and_credentials_are_kept()
    {
        await using var stub = new StubPushgateway(Status(200, """{"data":{"version":"2.42.0"}}"""));

        Assert.Equal(
            "2.42.0",
            (await Api(new Uri(stub.Url + "/prometheus/"), ClientCredentials.Bearer("t0ken")).VersionAsync(CancellationToken.None)).Value
        );

        var request = Assert.Single(stub.Requests);
        Assert.Equal(("/prometheus/api/v1/status/buildinfo", "Bearer t0ken"), (request.Path, request.Headers["authorization"]));
    }

    [Theory]
    [InlineData("{\"data\":{}}")]
    [InlineData("{\"data\":{\"yaml\":7}}")]
    [InlineData("7")]
    [InlineData("OK")]
    public async Task What_is_no_prometheus_is_told(string answer)
    {
        await using var stub = new StubPushgateway(Status(200, answer));

        var told = (await Api(new Uri(stub.Url)).ConfigurationAsync(CancellationToken.None)).Failure?.Describe();
        Assert.StartsWith($"{stub.Url} refused: unexpected response: ", told, StringComparison.Ordinal);
        Assert.DoesNotMatch("LineNumber|BytePosition", told);
    }

    static PrometheusApi Api(Uri address, ClientCredentials? credentials = null) =>
        new(address, credentials, TimeSpan.FromSeconds(20), TimeProvider.System);
}
