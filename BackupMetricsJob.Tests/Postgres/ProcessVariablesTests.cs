using BackupMetricsJob.Postgres;
using Npgsql;

namespace BackupMetricsJob.Tests.Postgres;

/// <summary>
/// These tests change the environment of this process, which every program that another test starts would inherit: they run alone.
/// </summary>
[Collection(ServersForTestsAlone.Name)]
public sealed class ProcessVariablesTests(ServersForTestsAlone servers)
{
    static readonly TimeSpan Seconds = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData("PGPASSWORD", "RIGHT", "host=127.0.0.1 port=TLS user=scram", false)]
    [InlineData("PGPASSFILE", "/nonexistent/pgpass", "host=127.0.0.1 port=TLS user=trusted", true)]
    [InlineData("PGPASSFILE", "/nonexistent/pgpass", "host=127.0.0.1 port=TLS user=scram", false)]
    [InlineData("PGUSER", "scram", "host=127.0.0.1 port=TLS user=trusted", true)]
    [InlineData("PGAPPNAME", "wrong", "host=127.0.0.1 port=TLS user=trusted", true)]
    [InlineData("PGOPTIONS", "-c work_mem=64kB", "host=127.0.0.1 port=TLS user=trusted", true)]
    [InlineData("PGREQUIREAUTH", "scram-sha-256", "host=127.0.0.1 port=TLS user=trusted", true)]
    [InlineData("PGREQUIREAUTH", "None", "host=127.0.0.1 port=TLS user=trusted require_auth=scram-sha-256", false)]
    [InlineData("PGTARGETSESSIONATTRS", "standby", "host=127.0.0.1,127.0.0.1 port=TLS user=trusted", true)]
    [InlineData("PGSSLNEGOTIATION", "direct", "host=127.0.0.1 port=TLS user=trusted sslmode=require", true)]
    [InlineData("PGGSSENCMODE", "require", "host=127.0.0.1 port=TLS user=trusted", true)]
    [InlineData("PGSSLROOTCERT", "CA", "host=localhost port=TLS user=trusted sslrootcert=system", false)]
    [InlineData("PGSSLROOTCERT", "system", "host=localhost port=TLS user=trusted sslmode=verify-full sslrootcert=CA", true)]
    public async Task Nothing_comes_from_the_process_behind_the_settings_back(string variable, string value, string text, bool connects)
    {
        Environment.SetEnvironmentVariable(
            variable,
            Fill(value).Replace("RIGHT", ServersForTestsAlone.ScramPassword, StringComparison.Ordinal)
        );
        try
        {
            var (line, error) = await NpgsqlDataSourceSession.Ask(Fill(text), null, "/nonexistent");
            Assert.True(connects == line is not null, error);
            Assert.True(
                !connects
                    || line!.Contains("trusted|trusted|", StringComparison.Ordinal)
                        && line.Contains("|4MB|", StringComparison.Ordinal)
                        && !line.Contains("wrong", StringComparison.Ordinal),
                line
            );
        }
        finally
        {
            Environment.SetEnvironmentVariable(variable, null);
        }
    }

    [Fact]
    public async Task Text_travels_as_UTF8_whatever_the_process_says()
    {
        Environment.SetEnvironmentVariable("PGCLIENTENCODING", "LATIN1");
        try
        {
            var settings = Parsed.From(Fill("host=127.0.0.1 port=TLS user=trusted")).Settings;
            await using var source = NpgsqlDataSourceFactory.Create(settings, settings.Hosts[0], Seconds, Seconds);
            await using var connection = await source.OpenConnectionAsync();
            await using var command = new NpgsqlCommand("SELECT current_setting('client_encoding') || 'é中'", connection);
            Assert.Equal("UTF8é中", await command.ExecuteScalarAsync());
        }
        finally
        {
            Environment.SetEnvironmentVariable("PGCLIENTENCODING", null);
        }
    }

    string Fill(string text) =>
        text.Replace("TLS", $"{servers.WithTls.Port}", StringComparison.Ordinal)
            .Replace("CA", servers.WithTls.CertificateFile, StringComparison.Ordinal);
}
