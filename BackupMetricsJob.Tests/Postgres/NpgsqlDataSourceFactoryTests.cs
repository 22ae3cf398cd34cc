using BackupMetricsJob.Postgres;
using Npgsql;

namespace BackupMetricsJob.Tests.Postgres;

[Collection(NpgsqlDataSourceSession.Name)]
public sealed class NpgsqlDataSourceFactoryTests(TargetsTestServer server)
{
    [Theory]
    [InlineData("require")]
    [InlineData("verify-ca")]
    [InlineData("verify-full")]
    public async Task A_server_without_TLS_is_refused_where_TLS_is_asked_for(string mode)
    {
        var (line, error) = await Ask(
            $"host=localhost port={server.PlainPort} user=trusted sslmode={mode} sslrootcert={server.Folder}/ca.crt"
        );
        Assert.Null(line);
        Assert.Equal("tls: the server does not support TLS, which sslmode requires", error);
    }

    [Theory]
    [InlineData("localhost", "stranger.crt", "verify-full")]
    [InlineData("localhost", "stranger.crt", "verify-ca")]
    [InlineData("localhost", "stranger.crt", "require")]
    [InlineData("127.0.0.1", "ca.crt", "verify-full")]
    public async Task A_certificate_that_does_not_fit_is_refused(string host, string root, string mode)
    {
        var (line, error) = await Ask($"host={host} port={server.TlsPort} user=trusted sslmode={mode} sslrootcert={server.Folder}/{root}");
        Assert.Null(line);
        Assert.Contains("certificate", error, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task The_systems_store_does_not_know_a_private_authority()
    {
        var (line, error) = await Ask($"host=localhost port={server.TlsPort} user=trusted sslrootcert=system");
        Assert.Null(line);
        Assert.Contains("certificate", error, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Each_host_gets_its_own_password()
    {
        var settings = Parsed.From(Fill("host=127.0.0.1,127.0.0.1 port=1,TLS user=scram")).Settings;
        var (right, wrong) = (new Secret(TargetsTestServer.ScramPassword), new Secret("wrong"));
        Assert.StartsWith($"scram|scram|{server.TlsPort}|", (await Ask(wrong, right)).Line, StringComparison.Ordinal);
        Assert.StartsWith("auth: ", (await Ask(right, wrong)).Error, StringComparison.Ordinal);

        Task<(string? Line, string Error)> Ask(params Secret[] passwords) =>
            NpgsqlDataSourceSession.Ask(
                settings with
                {
                    Hosts = [.. settings.Hosts.Zip(passwords, (host, password) => host with { Password = password })],
                }
            );
    }

    [Fact]
    public async Task Every_host_failing_tells_why()
    {
        for (var time = 1; time <= 2; time++) // twice, since what was learnt of a host may not be kept
        {
            var (line, error) = await Ask(Fill("host=127.0.0.1,127.0.0.1 port=1,PLAIN user=trusted dbname=no_such"));
            Assert.Null(line);
            Assert.Equal(
                Fill(
                    "database: 127.0.0.1:1: Failed to connect to 127.0.0.1:1: Connection refused; 127.0.0.1:PLAIN: "
                        + "database \"no_such\" does not exist (SQLSTATE 3D000)"
                ),
                error
            );
        }
    }

    [Fact]
    public async Task A_session_ends_with_its_connection()
    {
        var settings = Parsed.From(Fill("host=127.0.0.1 port=TLS user=trusted application_name=short")).Settings;
        await using var source = Source(settings, 10);
        int first,
            second;
        await using (var connection = await source.OpenConnectionAsync())
            first = connection.ProcessID;
        await using (var connection = await source.OpenConnectionAsync())
            second = connection.ProcessID;
        Assert.NotEqual(first, second);
    }

    [Theory]
    [InlineData("host=h", 0.2, 1)]
    [InlineData("host=h", 1.5, 2)]
    [InlineData("host=h connect_timeout=3", 10, 3)]
    [InlineData("host=h connect_timeout=30", 10, 10)]
    [InlineData("host=h connect_timeout=0", 10, 10)]
    [InlineData("host=h", 1e6, 1024)]
    public void Timeouts_are_whole_seconds_and_never_endless(string text, double target, int expected)
    {
        using var source = Source(Parsed.From(text).Settings, target);
        Assert.Equal(expected, new NpgsqlConnectionStringBuilder(source.ConnectionString).Timeout);
        Assert.DoesNotContain("Password=", source.ConnectionString, StringComparison.Ordinal);
    }

    static NpgsqlDataSource Source(ConnectionSettings settings, double seconds) =>
        NpgsqlDataSourceFactory.Create(settings, settings.Hosts[0], TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(seconds));

    static Task<(string? Line, string Error)> Ask(string text) => NpgsqlDataSourceSession.Ask(text, null, "/nonexistent");

    string Fill(string text) =>
        text.Replace("TLS", $"{server.TlsPort}", StringComparison.Ordinal)
            .Replace("PLAIN", $"{server.PlainPort}", StringComparison.Ordinal);
}
