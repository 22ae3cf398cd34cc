using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

// Who may ask: TLS, client certificates, passwords, and a web configuration that changes.
public sealed partial class EndpointTests
{
    [Fact]
    public async Task Prometheus_scrapes_by_TLS_and_with_a_password_and_nobody_else_does()
    {
        using var folder = new TempFolder();
        using var authority = CertificateAuthority.Create(folder.Path, "ca");
        var (certificate, key) = authority.Issue("server");
        var web = folder.Write(
            "web.yml",
            Web("right") + $"tls_server_config: {{cert_file: {Path.GetFileName(certificate)}, key_file: {key}}}\n"
        );
        await using var daemon = await Daemon.StartAsync([.. Silent, "--web-config", web]);
        Assert.Equal("https", daemon.Address.Scheme);
        await using var prometheus = await PrometheusServer.StartAsync(
            string.Join('\n', "scrape_configs:", Scrape("right"), Scrape("wrong"))
        );

        await prometheus.WaitForAsync("up{job=\"right\"} == 1 and on (job) backup_metrics_run_success");
        await prometheus.WaitForAsync("up{job=\"wrong\"} == 0");
        Assert.Contains("401", await prometheus.GetAsync("api/v1/targets"), StringComparison.Ordinal);
        using var client = new HttpClient();
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri($"http://{daemon.Address.Authority}/metrics")));

        string Scrape(string password) =>
            $$"""
                - job_name: {{password}}
                  scheme: https
                  scrape_interval: 1s
                  tls_config: {ca_file: '{{authority.File}}'}
                  basic_auth: {username: scraper, password: {{password}}}
                  static_configs: [{targets: ['{{daemon.Address.Authority}}']}]
                """;
    }

    [Fact]
    public async Task A_client_without_a_certificate_of_the_authority_is_not_let_in_where_one_is_asked_for()
    {
        using var folder = new TempFolder();
        using var authority = CertificateAuthority.Create(folder.Path, "ca");
        using var stranger = CertificateAuthority.Create(folder.Path, "stranger");
        var (certificate, key) = authority.Issue("server");
        var web = folder.Write(
            "web.yml",
            $"tls_server_config: {{cert_file: {certificate}, key_file: {key}, client_ca_file: ca.crt, client_auth_type: "
                + "RequireAndVerifyClientCert}\n"
        );
        await using var daemon = await Daemon.StartAsync([.. Silent, "--web-config", web]);

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(authority.Issue("client")));
        await Assert.ThrowsAsync<HttpRequestException>(() => StatusAsync(stranger.Issue("other")));
        await Assert.ThrowsAsync<HttpRequestException>(() => StatusAsync(null));

        async Task<HttpStatusCode> StatusAsync((string Certificate, string Key)? own)
        {
            using var handler = new SocketsHttpHandler();
#pragma warning disable CA5359 // It is the server that judges here.
            handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
            using var client = own is { } files ? X509Certificate2.CreateFromPemFile(files.Certificate, files.Key) : null;
            if (client is not null)
                handler.SslOptions.ClientCertificateContext = SslStreamCertificateContext.Create(client, null, offline: true);
            using var http = new HttpClient(handler);
            using var answer = await http.GetAsync(new Uri(daemon.Address, "/healthz"));
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task A_broken_web_configuration_keeps_the_last_good_one_and_a_mended_one_counts()
    {
        using var folder = new TempFolder();
        var web = folder.Write("web.yml", Web("old"));
        await using var daemon = await Daemon.StartAsync([.. Silent, "--web-config", web]);
        Assert.Equal(401, (await daemon.GetAsync("/metrics")).Status);
        Assert.Equal(401, (await daemon.GetAsync("/healthz")).Status);
        Assert.Equal(401, (await daemon.GetAsync("/metrics", Basic("new"))).Status);
        Assert.Equal(200, (await daemon.GetAsync("/metrics", Basic("old"))).Status);

        await File.WriteAllTextAsync(web, "basic_auth_users: {scraper: hunter2}\n");
        await Wait.ForAsync(
            "the log to tell",
            async () => await OldIsGoodAsync() && daemon.Log.Contains("the last valid one stays in use", StringComparison.Ordinal)
        );
        Assert.Contains($"{web}:1:29: basic_auth_users: of user \"scraper\": must be a bcrypt hash", daemon.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", daemon.Log, StringComparison.Ordinal);
        Assert.True(await OldIsGoodAsync());

        await File.WriteAllTextAsync(web, Web("new"));
        await Wait.ForAsync("the new password", async () => (await daemon.GetAsync("/metrics", Basic("new"))).Status == 200);
        Assert.False(await OldIsGoodAsync());
        Assert.Contains("the web configuration was reloaded", daemon.Log, StringComparison.Ordinal);

        async Task<bool> OldIsGoodAsync() => (await daemon.GetAsync("/metrics", Basic("old"))).Status == 200;
    }
}
