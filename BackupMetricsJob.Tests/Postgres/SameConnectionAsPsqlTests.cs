namespace BackupMetricsJob.Tests.Postgres;

/// <summary>The same text and variables give psql and us the same session, or neither gets one.</summary>
[Collection(NpgsqlDataSourceSession.Name)]
public sealed class SameConnectionAsPsqlTests(TargetsTestServer server) : IDisposable
{
    const string Encoded = "pa%3Ass%20w%5Co%27rd%40%2F"; // the password in a URI,
    const string Quoted = @"'pa:ss w\\o\'rd@/'"; // in a text,
    const string InFile = @"pa\:ss w\\o'rd@/"; // in a password file

    readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData(null, "PGHOST=DIR PGPORT=TLS")]
    [InlineData("", "PGHOST=DIR PGPORT=TLS")]
    [InlineData("postgresql://", "PGHOST=DIR PGPORT=TLS")]
    [InlineData("postgresql://SOCKET:TLS/orders", "")]
    [InlineData("postgresql:///orders?host=DIR&port=TLS&user=trusted", "")]
    [InlineData("postgresql:///my%20orders?port=TLS", "PGHOST=DIR PGPORT=1")]
    [InlineData("postgresql://trusted@127.0.0.1:TLS", "")]
    [InlineData("postgresql://trusted@127.0.0.1:TLS?sslmode=disable", "")]
    [InlineData("postgresql://trusted@127.0.0.1:TLS?ssl=true", "")]
    [InlineData("postgresql://trusted@127.0.0.1:PLAIN?ssl=true", "")]
    [InlineData("postgresql://trusted@127.0.0.1:PLAIN?sslmode=prefer", "")]
    [InlineData("postgresql://trusted@127.0.0.1:TLS?sslmode=allow", "")]
    [InlineData("postgresql://scram:ENC@127.0.0.1:TLS", "")]
    [InlineData("postgresql://scram:wrong@127.0.0.1:TLS", "")]
    [InlineData("postgresql://scram@127.0.0.1:TLS?password=ENC", "")]
    [InlineData("postgresql://scram@127.0.0.1:TLS", "")]
    [InlineData("postgresql://scram@127.0.0.1:1,127.0.0.1:TLS/orders?password=ENC", "")]
    [InlineData("postgresql://trusted@127.0.0.1:TLS,127.0.0.1:PLAIN?target_session_attrs=standby", "")]
    [InlineData("postgresql://trusted@127.0.0.1:PLAIN,127.0.0.1:TLS?target_session_attrs=read-write", "")]
    [InlineData("postgresql://trusted@127.0.0.1:TLS?target_session_attrs=primary", "")]
    [InlineData("postgresql://trusted@127.0.0.1:TLS?target_session_attrs=standby", "")]
    [InlineData("postgresql://trusted@127.0.0.1:TLS?target_session_attrs=prefer-standby", "")]
    [InlineData("postgresql://trusted@127.0.0.1:TLS?application_name=a%20b&options=-c%20work_mem%3D1MB", "")]
    [InlineData("host=127.0.0.1 port=TLS user=scram password=QUOTED dbname='my orders'", "")]
    [InlineData("host = 127.0.0.1 port = TLS user=trusted options='-c work_mem=2MB -c TimeZone=UTC'", "")]
    [InlineData("host=127.0.0.1 port=TLS user=trusted options=''", "PGOPTIONS=-cwork_mem=3MB")]
    [InlineData("host=127.0.0.1 port=TLS user=trusted", "PGOPTIONS=-cwork_mem=3MB PGTZ=Asia/Tokyo PGAPPNAME=app PGDATABASE=orders")]
    [InlineData("host=127.0.0.1,DIR port=1,TLS user=trusted", "")]
    [InlineData("host=DIR,127.0.0.1 port=1,TLS user=trusted", "")]
    [InlineData("hostaddr=127.0.0.1 port=TLS user=trusted", "")]
    [InlineData("host=no.such.host.invalid hostaddr=127.0.0.1 port=TLS user=trusted", "")]
    [InlineData("host=127.0.0.1 port=TLS user=nobody_knows", "")]
    [InlineData("host=127.0.0.1 port=TLS user=trusted dbname=no_such", "")]
    [InlineData("host=DIR port=TLS sslmode=verify-full", "")]
    [InlineData("host=127.0.0.1 port=TLS user=scram password=QUOTED channel_binding=require", "")]
    [InlineData("host=127.0.0.1 port=PLAIN user=scram password=QUOTED channel_binding=require", "")]
    [InlineData("host=127.0.0.1 port=TLS user=trusted channel_binding=require", "")]
    [InlineData("host=127.0.0.1 port=TLS user=scram password=QUOTED channel_binding=disable", "")]
    [InlineData("service=s", "")]
    [InlineData("postgresql://?service=s&port=PLAIN", "PGDATABASE=scram")]
    [InlineData("user=trusted", "PGSERVICE=s PGHOST=no.such.host.invalid")]
    [InlineData("service=unknown", "")]
    [InlineData("host=127.0.0.1 port=TLS user=scram", "PGPASSFILE=HOME/own")]
    [InlineData("host=127.0.0.1 port=PLAIN user=scram passfile=HOME/own", "")]
    [InlineData("host=127.0.0.1 port=TLS user=scram", "PGPASSFILE=HOME/open")]
    [InlineData("host=localhost port=TLS user=scram", "PGPASSFILE=HOME/byhost")]
    [InlineData("host=127.0.0.1 port=TLS user=scram", "PGPASSFILE=HOME/byhost")]
    [InlineData("host=localhost hostaddr=127.0.0.1 port=TLS user=scram", "PGPASSFILE=HOME/byhost")]
    [InlineData("host=127.0.0.1 port=TLS user=scram", "PGPASSWORD=wrong PGPASSFILE=HOME/own")]
    [InlineData("host=localhost port=TLS user=trusted sslmode=verify-full sslrootcert=DIR/ca.crt", "")]
    [InlineData("host=127.0.0.1 port=TLS user=trusted sslmode=verify-full sslrootcert=DIR/ca.crt", "")]
    [InlineData("host=127.0.0.1 port=TLS user=trusted sslmode=verify-ca sslrootcert=DIR/ca.crt", "")]
    [InlineData("host=localhost port=TLS user=trusted sslmode=verify-full sslrootcert=DIR/stranger.crt", "")]
    [InlineData("host=localhost port=TLS user=trusted sslmode=verify-ca sslrootcert=DIR/stranger.crt", "")]
    [InlineData("host=localhost port=TLS user=trusted sslmode=require sslrootcert=DIR/stranger.crt", "")]
    [InlineData("host=localhost port=TLS user=trusted sslmode=require sslrootcert=DIR/ca.crt", "")]
    [InlineData("host=localhost port=TLS user=trusted sslmode=verify-full", "")]
    [InlineData("host=localhost port=TLS user=trusted", "PGSSLMODE=verify-full PGSSLROOTCERT=DIR/stranger.crt")]
    [InlineData("host=localhost port=PLAIN user=trusted", "PGSSLMODE=verify-full PGSSLROOTCERT=DIR/ca.crt")]
    [InlineData("host=db.test hostaddr=127.0.0.1 port=TLS user=trusted sslmode=verify-full sslrootcert=DIR/ca.crt", "")]
    [InlineData("host=other.test hostaddr=127.0.0.1 port=TLS user=trusted sslmode=verify-full sslrootcert=DIR/ca.crt", "")]
    [InlineData(
        "host=other.test,db.test hostaddr=127.0.0.1,127.0.0.2 port=1,TLS user=trusted sslmode=verify-full sslrootcert=DIR/ca.crt",
        ""
    )]
    [InlineData("hostaddr=127.0.0.1 port=TLS user=trusted sslmode=verify-full sslrootcert=DIR/ca.crt", "")]
    [InlineData("host=localhost port=TLS user=certified sslcert=DIR/client.crt sslkey=DIR/client.key", "")]
    [InlineData("host=localhost port=TLS user=certified sslmode=require", "")]
    [InlineData("host=localhost port=TLS user=trusted sslmode=require ssl_min_protocol_version=TLSv1.3", "")]
    [InlineData("host=localhost port=TLS user=trusted sslmode=require ssl_max_protocol_version=TLSv1.2", "")]
    public async Task Same_session(string? text, string variables)
    {
        _home.Write(
            ".pg_service.conf",
            $"[s]\nhost=127.0.0.1\nport={server.TlsPort}\nuser=scram\npassword={TargetsTestServer.ScramPassword}\ndbname=orders\n"
                + "application_name=service\n"
        );
        _home.Write("own", $"*:{server.TlsPort}:*:scram:{InFile}\n*:*:scram:scram:{InFile}\n");
        _home.Write("open", $"*:*:*:*:{InFile}\n", UnixFileMode.UserRead | UnixFileMode.OtherRead);
        _home.Write("byhost", $"localhost:*:*:scram:{InFile}\n*:*:*:*:wrong\n");

        var (expected, psqlError) = NpgsqlDataSourceSession.AskPsql(Fill(text), Fill(variables), _home.Path);
        var (line, error) = await NpgsqlDataSourceSession.Ask(Fill(text), Fill(variables), _home.Path);

        Assert.True(expected == line, $"psql: {expected ?? psqlError}\nwe: {line ?? error}");
    }

    [Fact]
    public async Task Those_that_should_connect_do()
    {
        Assert.StartsWith(
            $"scram|scram|{server.TlsPort}|t|4MB|",
            await Line("postgresql://scram:ENC@127.0.0.1:TLS"),
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "certified|",
            await Line("host=localhost port=TLS user=certified sslcert=DIR/client.crt sslkey=DIR/client.key"),
            StringComparison.Ordinal
        );
        Assert.NotNull(await Line("host=localhost port=TLS user=trusted sslmode=verify-full sslrootcert=DIR/ca.crt"));
        Assert.NotNull(await Line("host=db.test hostaddr=127.0.0.1 port=TLS user=trusted sslmode=verify-full sslrootcert=DIR/ca.crt"));
        Assert.NotNull(await Line("host=127.0.0.1 port=TLS user=scram password=QUOTED channel_binding=require"));
    }

    async Task<string?> Line(string text) => (await NpgsqlDataSourceSession.Ask(Fill(text), null, _home.Path)).Line;

    string? Fill(string? text) =>
        text
            ?.Replace("SOCKET", Uri.EscapeDataString(server.Folder), StringComparison.Ordinal)
            .Replace("DIR", server.Folder, StringComparison.Ordinal)
            .Replace("HOME", _home.Path, StringComparison.Ordinal)
            .Replace("TLS/", $"{server.TlsPort}/", StringComparison.Ordinal)
            .Replace("TLSv", "\u0001v", StringComparison.Ordinal)
            .Replace("TLS", $"{server.TlsPort}", StringComparison.Ordinal)
            .Replace("\u0001v", "TLSv", StringComparison.Ordinal)
            .Replace("PLAIN", $"{server.PlainPort}", StringComparison.Ordinal)
            .Replace("ENC", Encoded, StringComparison.Ordinal)
            .Replace("QUOTED", Quoted, StringComparison.Ordinal);
}
