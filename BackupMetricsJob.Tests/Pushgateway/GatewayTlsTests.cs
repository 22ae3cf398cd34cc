using BackupMetricsJob.Http;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Pushgateway;

/// <summary>TLS with a real Pushgateway: trust, client certificates, and the messages of failures.</summary>
public sealed class GatewayTlsTests : IDisposable
{
    readonly TempFolder _folder = new();
    readonly CertificateAuthority _authority;

    public GatewayTlsTests() => _authority = CertificateAuthority.Create(_folder.Path, "root");

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_certificate_of_an_authority_that_was_named_is_trusted()
    {
        await using var gateway = await StartAsync(_authority.Issue("server"));

        Assert.Equal(PushResult.Stored, (await PushAsync(gateway.TlsUrl, Tls(_authority.File))).Result);
    }

    [Fact]
    public async Task One_that_nobody_named_is_not_and_nothing_else_is_tried()
    {
        await using var gateway = await StartAsync(_authority.Issue("server"));

        await FailsAsync(gateway.TlsUrl, null, "its certificate is signed by CN=root, which this system does not trust");
    }

    [Fact]
    public async Task Only_the_authorities_that_were_named_are_trusted()
    {
        using var other = CertificateAuthority.Create(_folder.Path, "other");
        await using var gateway = await StartAsync(_authority.Issue("server"));

        await FailsAsync(gateway.TlsUrl, Tls(other.File), $"its certificate is signed by CN=root, which is not in {other.File}");
    }

    [Fact]
    public async Task A_certificate_that_is_over_says_since_when()
    {
        await using var gateway = await StartAsync(
            _authority.Issue("server", until: new DateTimeOffset(DateTimeOffset.UtcNow.AddDays(-2).Date, TimeSpan.Zero))
        );

        await FailsAsync(
            gateway.TlsUrl,
            Tls(_authority.File),
            $"its certificate expired at {DateTimeOffset.UtcNow.AddDays(-2):yyyy-MM-dd} 00:00:00 UTC"
        );
    }

    [Fact]
    public async Task A_certificate_for_another_name_says_for_which()
    {
        await using var gateway = await StartAsync(_authority.Issue("server", host: "gateway.example"));

        await FailsAsync(gateway.TlsUrl, Tls(_authority.File), "its certificate is for gateway.example, not for 127.0.0.1");
    }

    [Fact]
    public async Task All_that_is_wrong_is_said_and_none_of_it_matters_to_who_trusts_anybody()
    {
        using var other = CertificateAuthority.Create(_folder.Path, "other");
        await using var gateway = await StartAsync(
            _authority.Issue("server", host: "gateway.example", until: DateTimeOffset.UtcNow.AddHours(-1))
        );

        var outcome = await PushAsync(gateway.TlsUrl, Tls(other.File));

        Assert.Contains(
            "its certificate is for gateway.example, not for 127.0.0.1; its certificate expired at ",
            outcome.Message,
            StringComparison.Ordinal
        );
        Assert.EndsWith($"; its certificate is signed by CN=root, which is not in {other.File}", outcome.Message, StringComparison.Ordinal);
        Assert.Equal(PushResult.Stored, (await PushAsync(gateway.TlsUrl, Tls(null, trustAnybody: true))).Result);
    }

    [Fact]
    public async Task A_gateway_that_wants_to_know_us_gets_our_certificate_with_those_between()
    {
        using var clients = CertificateAuthority.Create(_folder.Path, "clients");
        using var between = clients.Below("between");
        await using var gateway = await StartAsync(_authority.Issue("server"), clients);
        var (certificate, key) = between.Issue("job", chain: between);

        Assert.Equal(PushResult.Stored, (await PushAsync(gateway.TlsUrl, Tls(_authority.File, certificate, key))).Result);
    }

    [Fact]
    public async Task Without_a_certificate_of_ours_it_says_that_one_is_wanted()
    {
        using var clients = CertificateAuthority.Create(_folder.Path, "clients");
        await using var gateway = await StartAsync(_authority.Issue("server"), clients);

        await FailsAsync(gateway.TlsUrl, Tls(_authority.File), "the server requires a client certificate, and none is configured");
    }

    [Fact]
    public async Task A_certificate_of_ours_that_is_not_trusted_there_is_named()
    {
        using var clients = CertificateAuthority.Create(_folder.Path, "clients");
        await using var gateway = await StartAsync(_authority.Issue("server"), clients);
        var (certificate, key) = _authority.Issue("job");

        await FailsAsync(gateway.TlsUrl, Tls(_authority.File, certificate, key), "the server rejected the client certificate CN=job");
    }

    [Fact]
    public async Task Tls_to_a_port_that_speaks_none_says_so()
    {
        await using var gateway = await PushgatewayServer.StartAsync();

        await FailsAsync(
            gateway.TlsUrl,
            Tls(_authority.File),
            "the server does not speak TLS on this port: should the URL begin with http://?"
        );
    }

    [Fact]
    public async Task Plain_http_to_a_port_that_speaks_tls_is_refused_in_its_words()
    {
        await using var gateway = await StartAsync(_authority.Issue("server"));

        var outcome = await Gateways.PushTextAsync(gateway.Url);

        Assert.Equal(
            (PushResult.Refused, 1, "Client sent an HTTP request to an HTTPS server."),
            (outcome.Result, outcome.Attempts, outcome.Message)
        );
    }

    [Fact]
    public async Task A_server_that_answers_plain_http_with_an_alert_of_tls_is_told_too()
    {
        await using var stub = new StubPushgateway(StubPushgateway.Raw("\u0015\u0003\u0001\0\u0002\u0002\n"));

        var outcome = await Gateways.PushTextAsync(stub.Url);

        Assert.Equal(
            (PushResult.Unreachable, 1, "the server expects TLS: the URL must begin with https://"),
            (outcome.Result, outcome.Attempts, outcome.Message)
        );
    }

    [Fact]
    public async Task A_server_that_ends_the_handshake_without_a_word_may_be_back_in_a_second()
    {
        await using var server = new SilentServer(Silence.Reset);

        var outcome = await PushAsync($"https://127.0.0.1:{server.Port}", Tls(_authority.File));

        Assert.Equal((PushResult.Unreachable, 5, false), (outcome.Result, outcome.Attempts, outcome.MayBeApplied));
    }

    [Fact]
    public async Task Credentials_and_a_long_text_go_through_tls_too()
    {
        await using var gateway = await StartAsync(_authority.Issue("server"), users: true);
        var text = Gateways.Long(150_000);

        var refused = await Gateways.PushTextAsync(gateway.TlsUrl, text, tls: Tls(_authority.File));
        var stored = await Gateways.PushTextAsync(gateway.TlsUrl, text, tls: Tls(_authority.File), credentials: Gateways.Job);

        Assert.Equal((PushResult.Refused, 401, 1), (refused.Result, refused.Status, refused.Attempts));
        Assert.Equal((PushResult.Stored, 1), (stored.Result, stored.Attempts));
    }

    static async Task FailsAsync(string url, ClientTls? tls, string words)
    {
        var outcome = await PushAsync(url, tls);

        Assert.StartsWith(words, outcome.Message, StringComparison.Ordinal);
        Assert.StartsWith($"{url} could not be reached: {words}", outcome.Describe(), StringComparison.Ordinal);
        Assert.Equal((PushResult.Unreachable, 1, false), (outcome.Result, outcome.Attempts, outcome.MayBeApplied));
        Assert.DoesNotContain("inner exception", outcome.Message, StringComparison.Ordinal);
    }

    static Task<PushOutcome> PushAsync(string url, ClientTls? tls) => Gateways.PushTextAsync(url, tls: tls);

    static ClientTls Tls(string? authorities, string? certificate = null, string? key = null, bool trustAnybody = false)
    {
        var problems = new List<string>();
        return ClientTls.TryRead(authorities, certificate, key, trustAnybody, problems)
            ?? throw new InvalidOperationException(string.Join('\n', problems));
    }

    Task<PushgatewayServer> StartAsync(
        (string CertificateFile, string KeyFile) server,
        CertificateAuthority? clients = null,
        bool users = false
    ) =>
        PushgatewayServer.StartAsync(
            "--web.config.file="
                + _folder.Write(
                    "web.yml",
                    $"""
                    tls_server_config:
                      cert_file: {server.CertificateFile}
                      key_file: {server.KeyFile}
                    {(clients is null ? "" : $"  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: {clients.File}")}
                    {(users ? Gateways.Users : "")}
                    """
                )
        );
}
