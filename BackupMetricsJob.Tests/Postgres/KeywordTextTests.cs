using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Tests.Postgres;

public class KeywordTextTests
{
    [Theory]
    [InlineData("host=db1", "postgresql://me@db1:5432/me")]
    [InlineData("host = db1  port= 6432\tdbname =orders\nuser=monitor", "postgresql://monitor@db1:6432/orders")]
    [InlineData("host=db1 dbname='my orders' user='o''", null)]
    [InlineData(@"host=db1 dbname='it\'s' user=a\ b", "postgresql://a%20b@db1:5432/it%27s")]
    [InlineData("host=db1 user=a'b", "postgresql://a%27b@db1:5432/a%27b")]
    [InlineData("host='' dbname='' port=''", "postgresql://me@DEFAULT:5432/me")]
    [InlineData("host=db1 host=db2", "postgresql://me@db2:5432/me")]
    [InlineData("host=a,b,c port=1,,3", "postgresql://me@a:1,b:5432,c:3/me")]
    [InlineData("host=a,,c", "postgresql://me@a:5432,DEFAULT:5432,c:5432/me")]
    [InlineData("hostaddr=10.0.0.1", "postgresql://me@10.0.0.1:5432/me")]
    [InlineData("host=db1 hostaddr=10.0.0.1", "postgresql://me@db1:5432/me")]
    [InlineData("host=/run/a,/run/b", "postgresql://me@%2Frun%2Fa:5432,%2Frun%2Fb:5432/me")]
    [InlineData("", "postgresql://me@DEFAULT:5432/me")]
    [InlineData("   ", "postgresql://me@DEFAULT:5432/me")]
    [InlineData(null, "postgresql://me@DEFAULT:5432/me")]
    [InlineData("dbname=postgresql://x", "postgresql://me@DEFAULT:5432/postgresql%3A%2F%2Fx")]
    public void Pairs_are_read_as_libpq_reads_them(string? text, string? expected)
    {
        var parsed = Parsed.From(text);
        var host = Directory.Exists("/var/run/postgresql") ? "%2Fvar%2Frun%2Fpostgresql" : "localhost";
        Assert.Equal(expected?.Replace("DEFAULT", host, StringComparison.Ordinal), parsed.Maybe?.Description);
    }

    [Theory]
    [InlineData("orders", "dbname=NAME")]
    [InlineData("host=db1 orders", "after character 9")]
    [InlineData("host=db1 password='open", "not closed")]
    [InlineData("Host=db1;Username=u;Password=p", "ADO.NET")]
    [InlineData("database=x", "did you mean \"dbname\"")]
    [InlineData("host=h password=two words=1", "is not a connection keyword")]
    [InlineData("host=h hostaddr=nope", "is not an IP address")]
    [InlineData("host=a,b hostaddr=10.0.0.1", "1 address for 2 hosts")]
    [InlineData("host=a user=''", "must not be empty")]
    [InlineData("connect_timeout=2.5", "is not an integer")]
    [InlineData("sslmode=''", "is not one of disable")]
    [InlineData("target_session_attrs=master", "is not one of any")]
    public void What_cannot_be_meant_is_a_problem(string text, string part) =>
        Assert.Contains(part, Parsed.From(text).Problem, StringComparison.Ordinal);

    [Theory]
    [InlineData("requirepeer=postgres")]
    [InlineData("krbsrvname=pg")]
    [InlineData("gsslib=gssapi")]
    [InlineData("gssencmode=require")]
    [InlineData("gssdelegation=1")]
    [InlineData("host=a,b load_balance_hosts=random")]
    [InlineData("replication=database")]
    [InlineData("sslcrl=/x")]
    [InlineData("sslcrldir=/x")]
    [InlineData("sslsni=0")]
    [InlineData("sslcompression=1")]
    [InlineData("sslcertmode=require")]
    [InlineData("sslkeylogfile=/x")]
    [InlineData("ssl_min_protocol_version=TLSv1")]
    [InlineData("min_protocol_version=3.2")]
    [InlineData("oauth_issuer=https://x")]
    [InlineData("scram_client_key=x")]
    [InlineData("require_auth=gss")]
    [InlineData("require_auth=oauth")]
    [InlineData("require_auth=scram")]
    [InlineData("require_auth=md5,!none")]
    [InlineData("require_auth=!none,!password,!md5,!scram-sha-256")]
    [InlineData("require_auth=md5 channel_binding=require")]
    public void What_cannot_be_honoured_is_refused_by_name(string text) =>
        Assert.Contains(Parsed.From(text).Problem.Split(':')[0], text, StringComparison.Ordinal);

    [Fact]
    public void What_has_no_effect_here_is_taken()
    {
        var settings = Parsed
            .From(
                "host=db1 keepalives=1 keepalives_idle=5 keepalives_interval=5 keepalives_count=5 tcp_user_timeout=5 client_encoding=auto "
                    + "gssencmode=prefer sslcompression=0 sslsni=1 load_balance_hosts=disable replication=off "
                    + "max_protocol_version=latest krbsrvname=''"
            )
            .Settings;
        Assert.Empty(settings.Warnings);
    }

    [Fact]
    public void Another_encoding_is_only_warned_of() =>
        Assert.Contains(
            "LATIN1",
            Assert.Single(Parsed.From("host=db1", "PGCLIENTENCODING=LATIN1").Settings.Warnings),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("", AuthMethods.All)]
    [InlineData("require_auth=''", AuthMethods.All)]
    [InlineData("require_auth=scram-sha-256", AuthMethods.ScramSha256)]
    [InlineData("require_auth=scram-sha-256,gss", AuthMethods.ScramSha256)]
    [InlineData("require_auth=md5,password", AuthMethods.Md5 | AuthMethods.ClearText)]
    [InlineData("require_auth=!none,!password", AuthMethods.Md5 | AuthMethods.ScramSha256)]
    [InlineData("require_auth=none", AuthMethods.Nothing)]
    [InlineData("channel_binding=require", AuthMethods.ScramSha256)]
    public void Methods_are_narrowed(string text, object expected) =>
        Assert.Equal(expected, Parsed.From(text).Settings.Authentication.Allowed);

    [Fact]
    public void The_rest_of_a_session_is_read()
    {
        var settings = Parsed
            .From("host=db1 options='-c work_mem=1MB' application_name=x connect_timeout=7 target_session_attrs=prefer-standby")
            .Settings;
        Assert.Equal("-c work_mem=1MB", settings.Options);
        Assert.Equal("x", settings.ApplicationName);
        Assert.Equal(TimeSpan.FromSeconds(7), settings.ConnectTimeout);
        Assert.Equal(SessionAttributes.PreferStandby, settings.TargetSessionAttributes);
    }

    [Fact]
    public void A_session_has_defaults()
    {
        var settings = Parsed.From("host=db1 connect_timeout=-1").Settings;
        Assert.Null(settings.Options);
        Assert.Equal("backup-metrics", settings.ApplicationName);
        Assert.Null(settings.ConnectTimeout);
        Assert.Equal(SessionAttributes.Any, settings.TargetSessionAttributes);
        Assert.Equal(TlsMode.Prefer, settings.Tls.Mode);
        Assert.Equal("f", Parsed.From("fallback_application_name=f").Settings.ApplicationName);
    }

    [Theory]
    [InlineData("host=/run/x", true)]
    [InlineData("host=localhost", true)]
    [InlineData("host=127.0.0.9", true)]
    [InlineData("host=::1", true)]
    [InlineData("host=db1,localhost", true)]
    [InlineData("host=db1 hostaddr=127.0.0.1", true)]
    [InlineData("host=localhost hostaddr=10.0.0.1", false)]
    [InlineData("host=db1", false)]
    public void A_local_host_is_recognised(string text, bool expected) => Assert.Equal(expected, Parsed.From(text).Settings.HasLocalHost);

    [Fact]
    public void Without_a_user_name_one_must_be_given()
    {
        Assert.Contains("user", Parsed.From("host=db1", userName: null).Problem, StringComparison.Ordinal);
        Assert.Equal("u", Parsed.From("host=db1 user=u", userName: null).Settings.Database);
    }
}
