namespace BackupMetricsJob.Tests.Postgres;

/// <summary>Of several hosts, we choose the same one as psql, and report why each other one was not chosen.</summary>
public sealed class MultiHostConnectorTests(MultiHostServers servers) : IClassFixture<MultiHostServers>
{
    const string Two = "host=127.0.0.1,127.0.0.1 dbname=postgres";

    [Theory]
    [InlineData(Two + " port=FIRST,SECOND user=trusted")]
    [InlineData(Two + " port=1,SECOND user=trusted")]
    [InlineData("host=nowhere.invalid,127.0.0.1 dbname=postgres port=1,SECOND user=trusted")]
    [InlineData("host=127.0.0.1,/nowhere dbname=postgres port=SECOND user=trusted")]
    [InlineData("host=/nowhere,127.0.0.1 dbname=postgres port=SECOND user=trusted")]
    [InlineData(Two + " port=CLOSES,SECOND user=trusted")]
    [InlineData(Two + " port=CLOSES,SECOND user=trusted sslmode=disable")]
    [InlineData(Two + " port=RESETS,SECOND user=trusted")]
    [InlineData(Two + " port=RESETS,SECOND user=trusted sslmode=disable")]
    [InlineData(Two + " port=HANGS,SECOND user=trusted connect_timeout=2")]
    [InlineData(Two + " port=HANGS,SECOND user=trusted connect_timeout=2 sslmode=disable")]
    [InlineData(Two + " port=NOTNOW,SECOND user=trusted")]
    [InlineData(Two + " port=NOTNOW,1 user=trusted")]
    [InlineData(Two + " port=FIRST,SECOND user=banned")]
    [InlineData(Two + " port=FIRST,SECOND user=banned sslmode=disable")]
    [InlineData(Two + " port=FIRST,SECOND user=scram password=wrong")]
    [InlineData(Two + " port=FIRST,SECOND user=scram")]
    [InlineData(Two + " port=FIRST,SECOND user=full")]
    [InlineData("host=127.0.0.1,127.0.0.1 port=FIRST,SECOND user=trusted dbname=only_second")]
    [InlineData(Two + " port=SECOND,FIRST user=trusted sslmode=require")]
    [InlineData(Two + " port=FIRST,SECOND user=trusted target_session_attrs=primary")]
    [InlineData(Two + " port=STANDBY,SECOND user=trusted target_session_attrs=primary")]
    [InlineData(Two + " port=STANDBY,SECOND user=trusted target_session_attrs=read-write")]
    [InlineData(Two + " port=SECOND,STANDBY user=trusted target_session_attrs=standby")]
    [InlineData(Two + " port=SECOND,STANDBY user=trusted target_session_attrs=read-only")]
    [InlineData(Two + " port=SECOND,STANDBY user=trusted target_session_attrs=prefer-standby")]
    [InlineData(Two + " port=1,SECOND user=trusted target_session_attrs=prefer-standby")]
    [InlineData(Two + " port=FIRST,SECOND user=trusted target_session_attrs=prefer-standby")]
    [InlineData(Two + " port=SECOND,FIRST user=banned target_session_attrs=prefer-standby")]
    [InlineData(Two + " port=SECOND,FIRST user=trusted target_session_attrs=standby")]
    [InlineData("host=127.0.0.1 dbname=postgres port=SECOND user=trusted target_session_attrs=standby")]
    [InlineData("host=127.0.0.1 dbname=postgres port=STANDBY user=trusted target_session_attrs=standby")]
    [InlineData(
        "host=127.0.0.1 dbname=postgres port=SECOND user=trusted target_session_attrs=read-write options='-c "
            + "default_transaction_read_only=on'"
    )]
    [InlineData(
        "host=127.0.0.1 dbname=postgres port=SECOND user=trusted target_session_attrs=read-only options='-c "
            + "default_transaction_read_only=on'"
    )]
    [InlineData(
        "host=127.0.0.1 dbname=postgres port=SECOND user=trusted target_session_attrs=primary options='-c default_transaction_read_only=on'"
    )]
    [InlineData(
        "host=127.0.0.1 dbname=postgres port=SECOND user=trusted target_session_attrs=read-write options='-c transaction_read_only=on'"
    )]
    public async Task The_host_is_the_one_that_psql_takes(string text)
    {
        var (expected, psqlError) = NpgsqlDataSourceSession.AskPsql(servers.Fill(text), null, "/nonexistent");
        var (line, error) = await NpgsqlDataSourceSession.Ask(servers.Fill(text), null, "/nonexistent");

        Assert.True(expected == line, $"psql: {expected ?? psqlError}\nwe: {line ?? error}");
    }

    [Fact]
    public async Task Psql_was_compared_with_where_it_connects_and_where_it_does_not()
    {
        Assert.EndsWith($"|{servers.Second.Port}", (await Ask(Two + " port=NOTNOW,SECOND user=trusted")).Line, StringComparison.Ordinal);
        Assert.EndsWith(
            $"|{servers.Standby.Port}",
            (await Ask(Two + " port=SECOND,STANDBY user=trusted target_session_attrs=standby")).Line,
            StringComparison.Ordinal
        );
        Assert.Null((await Ask(Two + " port=FIRST,SECOND user=full")).Line);
    }

    [Theory]
    [InlineData(
        "port=1,1 user=trusted",
        "refused: 127.0.0.1:1: Failed to connect to 127.0.0.1:1: Connection refused; 127.0.0.1:1: Failed to connect to 127.0.0.1:1: "
            + "Connection refused"
    )]
    [InlineData(
        "port=1,STANDBY user=trusted target_session_attrs=primary",
        "refused: 127.0.0.1:1: Failed to connect to 127.0.0.1:1: Connection refused; 127.0.0.1:STANDBY: it is a standby, "
            + "but target_session_attrs=primary"
    )]
    [InlineData(
        "port=SECOND,SECOND user=trusted target_session_attrs=standby",
        "busy: 127.0.0.1:SECOND: it is not a standby, but target_session_attrs=standby; 127.0.0.1:SECOND: it is not a standby, "
            + "but target_session_attrs=standby"
    )]
    [InlineData(
        "port=1,FIRST user=banned sslmode=disable",
        "auth: 127.0.0.1:1: Failed to connect to 127.0.0.1:1: Connection refused; 127.0.0.1:FIRST: "
            + "pg_hba.conf rejects connection for host \"127.0.0.1\", user \"banned\", database \"postgres\", "
            + "no encryption (SQLSTATE 28000)"
    )]
    [InlineData(
        "port=SECOND,1 user=trusted sslmode=require",
        "tls: 127.0.0.1:SECOND: the server does not support TLS, which sslmode requires; not tried after that: 127.0.0.1:1"
    )]
    [InlineData(
        "port=NOTNOW,1 user=trusted target_session_attrs=prefer-standby",
        "refused: 127.0.0.1:NOTNOW: the database system is not accepting connections: Hot standby mode is disabled (SQLSTATE 57P03); "
            + "127.0.0.1:1: Failed to connect to 127.0.0.1:1: Connection refused"
    )]
    public async Task A_failure_names_each_host_that_was_tried_with_its_own_reason(string text, string words) =>
        Assert.Equal((null, servers.Fill(words)), await Ask(Two + " " + text));

    async Task<(string? Line, string Error)> Ask(string text) =>
        await NpgsqlDataSourceSession.Ask(servers.Fill(text), null, "/nonexistent");
}
