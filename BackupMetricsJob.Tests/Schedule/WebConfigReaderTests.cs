using System.Security.Authentication;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Schedule.Http;

namespace BackupMetricsJob.Tests.Schedule;

/// <summary>The web configuration file, as the Pushgateway reads it.</summary>
public sealed class WebConfigReaderTests
{
    const string Hash = "$2y$10$JKJl4K2d8L0k4lKq0EvbJOqXIhqYMhl1bVhbLWzOMpkOnFdLKRLMe";

    [Fact]
    public void All_that_is_known_is_read()
    {
        var config = Read(
            $$"""
            tls_server_config:
              cert_file: server.crt
              key_file: /etc/keys/server.key
              client_ca_file: clients.crt
              client_auth_type: RequireAndVerifyClientCert
              min_version: TLS13
              prefer_server_cipher_suites: true
            basic_auth_users:
              prometheus: {{Hash}}
            """,
            out var problems
        )!;

        Assert.Empty(problems);
        Assert.Equal(
            ["/etc/bm/server.crt", "/etc/keys/server.key", "/etc/bm/clients.crt"],
            [config.Tls!.Certificate.Value, config.Tls.Key.Value, config.Tls.ClientAuthorities!.Value]
        );
        Assert.Equal(ClientCertificates.RequireAndVerifyClientCert, config.Tls.Clients);
#pragma warning disable CA5398 // It is what the file says.
        Assert.Equal(SslProtocols.Tls13, config.Tls.Protocols);
#pragma warning restore CA5398
        Assert.Equal(Hash, config.Users["prometheus"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing yet\n")]
    [InlineData("basic_auth_users:\n")]
    public void A_file_that_says_nothing_is_right(string text)
    {
        var config = Read(text, out var problems);

        Assert.Empty(problems);
        Assert.Null(config!.Tls);
        Assert.Empty(config.Users);
    }

    [Theory]
    [InlineData("basic_auth_user: {}", "1:1: unknown key \"basic_auth_user\": did you mean \"basic_auth_users\"?")]
    [InlineData(
        "http_server_config: {http2: true}",
        "1:1: unknown key \"http_server_config\": did you mean \"tls_server_config\"? must be one of tls_server_config, basic_auth_users"
    )]
    [InlineData("basic_auth_users:\n  admin: hunter2", "2:10: basic_auth_users: of user \"admin\": must be a bcrypt hash")]
    [InlineData(
        "basic_auth_users:\n  admin: $2y$17$JKJl4K2d8L0k4lKq0EvbJOqXIhqYMhl1bVhbLWzOMpkOnFdLKRLMe",
        "2:10: basic_auth_users: of user \"admin\": must be a bcrypt hash of cost 4 to 16"
    )]
    [InlineData("basic_auth_users:\n  'a:b': x", "2:3: basic_auth_users: a user must be a name without a colon")]
    [InlineData("basic_auth_users: [a]", "1:19: basic_auth_users: must be a map of users and bcrypt hashes, not a list")]
    [InlineData("tls_server_config:\n  cert_file: a", "2:3: tls_server_config: key_file is missing: the key of cert_file, in PEM")]
    [InlineData(
        "tls_server_config: {cert_file: a, key_file: b, cipher_suites: []}",
        "1:48: tls_server_config: unknown key \"cipher_suites\""
    )]
    [InlineData(
        "tls_server_config: {cert_file: a, key_file: b, min_version: TLS10}",
        "1:61: tls_server_config.min_version \"TLS10\": must be TLS12 or TLS13"
    )]
    [InlineData(
        "tls_server_config: {cert_file: a, key_file: b, min_version: TLS13, max_version: TLS12}",
        "1:20: tls_server_config: max_version must not be below min_version"
    )]
    [InlineData(
        "tls_server_config: {cert_file: a, key_file: b, client_auth_type: Yes}",
        "1:66: tls_server_config.client_auth_type \"Yes\": must be one of NoClientCert, RequestClientCert"
    )]
    [InlineData(
        "tls_server_config: {cert_file: a, key_file: b, client_auth_type: RequireAndVerifyClientCert}",
        "1:20: tls_server_config: client_auth_type RequireAndVerifyClientCert needs client_ca_file"
    )]
    [InlineData(
        "tls_server_config: {cert_file: a, key_file: b, client_ca_file: c}",
        "1:64: tls_server_config.client_ca_file: is not used unless client_auth_type is"
    )]
    [InlineData("tls_server_config: [", "invalid YAML")]
    public void What_is_wrong_is_told_with_its_place_and_never_with_a_secret(string text, string problem)
    {
        Assert.Null(Read(text, out var problems));

        var words = Assert.Single(problems).Text;
        Assert.StartsWith("/etc/bm/web.yml:", words, StringComparison.Ordinal);
        Assert.Contains(problem, words, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", words, StringComparison.Ordinal);
        Assert.DoesNotContain("JKJl4K2d", words, StringComparison.Ordinal);
    }

    static WebConfig? Read(string text, out List<Problem> problems)
    {
        problems = [];
        return WebConfigReader.Parse("/etc/bm/web.yml", text, problems);
    }
}
