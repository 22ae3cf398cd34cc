using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Postgres;

/// <summary>A server that is not trusted, or does not trust us, is reported with what to fix.</summary>
[Collection(NpgsqlDataSourceSession.Name)]
public sealed class TlsRefusalTests(TargetsTestServer server)
{
    [Theory]
    [InlineData(
        "host=localhost sslmode=verify-full sslrootcert=DIR/stranger.crt",
        "tls: the server is not trusted: its certificate is signed by CN=ca, which is not in DIR/stranger.crt"
    )]
    [InlineData(
        "host=localhost sslmode=verify-ca sslrootcert=DIR/stranger.crt",
        "tls: the server is not trusted: its certificate is signed by CN=ca, which is not in DIR/stranger.crt"
    )]
    [InlineData(
        "host=localhost sslrootcert=system",
        "tls: the server is not trusted: its certificate is signed by CN=ca, which this system does not trust"
    )]
    [InlineData(
        "host=127.0.0.1 sslmode=verify-full sslrootcert=DIR/ca.crt",
        "tls: the server is not trusted: its certificate is for db.test, localhost, not for 127.0.0.1"
    )]
    [InlineData(
        "host=other.test hostaddr=127.0.0.1 sslmode=verify-full sslrootcert=DIR/ca.crt",
        "tls: the server is not trusted: its certificate is for db.test, localhost, not for other.test"
    )]
    [InlineData(
        "host=localhost sslmode=verify-full sslrootcert=/nowhere/ca.crt",
        "tls: the root certificate /nowhere/ca.crt does not exist"
    )]
    [InlineData(
        "host=localhost sslmode=verify-full sslrootcert=DIR/server.ext",
        "tls: the root certificate DIR/server.ext contains no PEM certificate"
    )]
    public async Task An_untrusted_server(string text, string words) =>
        Assert.Equal((null, Fill(words)), await Ask($"{text} port={server.TlsPort} user=trusted dbname=orders"));

    [Fact]
    public async Task A_self_signed_and_an_expired_certificate()
    {
        await using var postgres = await PostgresServer.StartAsync(new() { Tls = true });
        var uri = postgres.ConnectionUri().Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        Assert.Equal(
            (null, Fill("tls: the server is not trusted: its certificate is signed by itself, which is not in DIR/ca.crt")),
            await Ask($"{uri}?sslmode=verify-full&sslrootcert={server.Folder}/ca.crt")
        );
        Assert.NotNull((await Ask($"{uri}?sslmode=verify-full&sslrootcert={postgres.CertificateFile}")).Line);

        var until = new DateTimeOffset(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
        SelfSignedCertificate.Create(Path.GetDirectoryName(postgres.CertificateFile)!, notAfter: until);
        PostgresTemplate.GiveToServerUser(Path.GetDirectoryName(postgres.CertificateFile)!);
        await postgres.StopAsync();
        await postgres.StartAgainAsync();

        Assert.Equal(
            (null, "tls: the server is not trusted: its certificate expired at 2026-11-20 12:00:00 UTC"),
            await Ask($"{uri}?sslmode=verify-full&sslrootcert={postgres.CertificateFile}")
        );
    }

    [Theory]
    [InlineData("sslmode=require", "auth: role certified: connection requires a valid client certificate (SQLSTATE 28000)")]
    [InlineData(
        "sslmode=require sslcert=DIR/stranger.crt sslkey=KEY",
        "tls: the server rejected the client certificate (tlsv1 alert unknown ca)"
    )]
    [InlineData(
        "sslmode=require sslcert=DIR/stranger.crt sslkey=KEY ssl_max_protocol_version=TLSv1.2",
        "tls: the server rejected the client certificate (tlsv1 alert unknown ca)"
    )]
    public async Task A_client_certificate_that_is_missing_or_strange(string text, string words)
    {
        using var home = new TemporaryFolder();
        home.Write("key", await File.ReadAllTextAsync($"{server.Folder}/stranger.key"));
        var (line, error) = await Ask(
            $"host=localhost port={server.TlsPort} user=certified {text.Replace("KEY", $"{home.Path}/key", StringComparison.Ordinal)}"
        );

        // In TLS 1.3 the server's alert is lost if we write before it arrives.
        const string Lost = "tls: the server closed the connection after it received the client certificate, which it may not accept (";
        Assert.Null(line);
        Assert.True(
            error == words || (words.StartsWith("tls:", StringComparison.Ordinal) && error.StartsWith(Lost, StringComparison.Ordinal)),
            error
        );
    }

    [Fact]
    public async Task An_encrypted_key_with_its_password_connects_and_with_a_wrong_one_is_told_of()
    {
        using var home = new TemporaryFolder();
        using var key = System.Security.Cryptography.RSA.Create();
        key.ImportFromPem(await File.ReadAllTextAsync($"{server.Folder}/client.key"));
        home.Write(
            "key",
            key.ExportEncryptedPkcs8PrivateKeyPem(
                "s3cret",
                new(
                    System.Security.Cryptography.PbeEncryptionAlgorithm.Aes256Cbc,
                    System.Security.Cryptography.HashAlgorithmName.SHA256,
                    1000
                )
            )
        );
        var text =
            $"host=localhost port={server.TlsPort} user=certified sslmode=require "
            + $"sslcert={server.Folder}/client.crt sslkey={home.Path}/key";

        Assert.StartsWith("certified|", (await Ask(text + " sslpassword=s3cret")).Line, StringComparison.Ordinal);
        var (line, error) = await Ask(text + " sslpassword=wr0ng");
        Assert.Null(line);
        Assert.StartsWith("tls: cannot read a certificate: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("wr0ng", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_speaks_only_an_older_TLS()
    {
        await using var postgres = await PostgresServer.StartAsync(
            new() { Tls = true, Settings = { ["ssl_max_protocol_version"] = "TLSv1.2" } }
        );

        Assert.Equal(
            (null, "tls: TLS failed: tlsv1 alert protocol version"),
            await Ask(postgres.ConnectionUri() + "?sslmode=require&ssl_min_protocol_version=TLSv1.3")
        );
    }

    [Theory]
    [InlineData("ca", false)]
    [InlineData("stranger", true)]
    public async Task The_systems_roots_are_those_that_the_system_is_told_of(string authority, bool isRefused)
    {
        var result = await BackupMetrics.RunAsync(
            ["show", "--connection", $"host=localhost port={server.TlsPort} user=trusted sslrootcert=system"],
            new Dictionary<string, string> { ["SSL_CERT_FILE"] = $"{server.Folder}/{authority}.crt", ["SSL_CERT_DIR"] = "/nonexistent" }
        );

        Assert.Equal(
            (69, isRefused),
            (result.ExitCode, result.Output.Contains("CN=ca, which this system does not trust", StringComparison.Ordinal))
        );
        Assert.Equal(!isRefused, result.Output.Contains("GRANT pg_monitor TO trusted", StringComparison.Ordinal));
    }

    Task<(string? Line, string Error)> Ask(string text) => NpgsqlDataSourceSession.Ask(Fill(text), null, "/nonexistent");

    string Fill(string text) => text.Replace("DIR", server.Folder, StringComparison.Ordinal);
}
