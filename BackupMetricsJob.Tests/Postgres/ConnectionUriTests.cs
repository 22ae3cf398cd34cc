namespace BackupMetricsJob.Tests.Postgres;

public class ConnectionUriTests
{
    [Theory]
    [InlineData("postgresql://db1", "postgresql://me@db1:5432/me")]
    [InlineData("postgres://db1", "postgresql://me@db1:5432/me")]
    [InlineData("postgresql://db1:6432/orders", "postgresql://me@db1:6432/orders")]
    [InlineData("postgresql://monitor@db1/orders", "postgresql://monitor@db1:5432/orders")]
    [InlineData("postgresql://monitor:secret@db1/orders", "postgresql://monitor@db1:5432/orders")]
    [InlineData("postgresql://monitor:@db1/orders", "postgresql://monitor@db1:5432/orders")]
    [InlineData("postgresql://db1,db2:6432,db3/orders", "postgresql://me@db1:5432,db2:6432,db3:5432/orders")]
    [InlineData("postgresql://[::1]:5433/orders", "postgresql://me@[::1]:5433/orders")]
    [InlineData("postgresql://[2001:db8::1],db2:1/x", "postgresql://me@[2001:db8::1]:5432,db2:1/x")]
    [InlineData("postgresql://%2Frun%2Fpg:5433/orders", "postgresql://me@%2Frun%2Fpg:5433/orders")]
    [InlineData("postgresql:///orders?host=/run/pg", "postgresql://me@%2Frun%2Fpg:5432/orders")]
    [InlineData("postgresql:///orders?host=db1&port=5433", "postgresql://me@db1:5433/orders")]
    [InlineData("postgresql://db1?user=other&dbname=d", "postgresql://other@db1:5432/d")]
    [InlineData("postgresql://db1/orders?dbname=d", "postgresql://me@db1:5432/d")]
    [InlineData("postgresql://me%40corp@db1/a%2Fb%20c", "postgresql://me%40corp@db1:5432/a%2Fb%20c")]
    [InlineData("postgresql://m%C3%BCller@db1/%E4%B8%AD", "postgresql://m%C3%BCller@db1:5432/%E4%B8%AD")]
    [InlineData("postgresql://a,b/x?port=7", "postgresql://me@a:7,b:7/x")]
    [InlineData("postgresql://db1/orders?", "postgresql://me@db1:5432/orders")]
    public void Parts_go_where_libpq_puts_them(string text, string expected) =>
        Assert.Equal(expected, Parsed.From(text).Settings.Description);

    [Theory]
    [InlineData("postgresql://u:s%3Ae%2Fc%40r@h", "s:e/c@r")]
    [InlineData("postgresql://u:a:b?c#d+e[f@h", "a:b?c#d+e[f")]
    [InlineData("postgresql://u@h?password=a%26b%3Dc", "a&b=c")]
    [InlineData("postgresql://u:p%C3%A4ss@h", "päss")]
    public void Passwords_are_decoded(string text, string expected) =>
        Assert.Equal(expected, Parsed.From(text).Settings.Hosts[0].Password?.Reveal());

    [Fact]
    public void Ssl_true_is_taken_as_JDBC_means_it() =>
        Assert.Equal(BackupMetricsJob.Postgres.TlsMode.Require, Parsed.From("postgresql://h?ssl=true").Settings.Tls.Mode);

    [Theory]
    [InlineData("postgresql://u:p@ss@h/db", "%40")]
    [InlineData("postgresql://u:p/ss@h/db", "%2F")]
    [InlineData("postgresql://h/db?user=a@b", "%40")]
    [InlineData("postgresql://u:100%@h", "two hexadecimal digits")]
    [InlineData("postgresql://u:%zz@h", "two hexadecimal digits")]
    [InlineData("postgresql://u:a%00b@h", "NUL")]
    [InlineData("postgresql://[::1/db", "without a \"]\"")]
    [InlineData("postgresql://[]/db", "empty IPv6")]
    [InlineData("postgresql://[::1]x/db", "may follow")]
    [InlineData("postgresql://h?sslmode", "keyword=value")]
    [InlineData("postgresql://h?a=b=c", "keyword=value")]
    [InlineData("postgresql://h?ssl=false", "did you mean \"sslmode\"")]
    [InlineData("postgresql://h?sslmod=require", "did you mean \"sslmode\"")]
    [InlineData("postgresql://h?Connect_Timeout=5", "did you mean \"connect_timeout\"")]
    [InlineData("postgresql://h?utterly_unheard_of=1", "unknown connection keyword \"utterly_unheard_of\"")]
    [InlineData("postgresql://h:port/db", "1 to 65535")]
    [InlineData("postgresql://h:0/db", "1 to 65535")]
    [InlineData("postgresql://h:65536/db", "1 to 65535")]
    [InlineData("postgresql://a:1,b:2/db?port=1,2,3", "3 ports for 2 hosts")]
    [InlineData("postgresql://%40abstract/db", "abstract")]
    [InlineData("mysql://u:pw@h/db", "\"=\" is missing")]
    public void What_cannot_be_meant_is_a_problem(string text, string part) =>
        Assert.Contains(part, Parsed.From(text).Problem, StringComparison.Ordinal);

    [Fact]
    public void All_problems_come_at_once() =>
        Assert.Equal(4, Parsed.From("postgresql://h:99999/db?sslmode=verifyfull&foo_bar_baz=1&connect_timeout=soon").Problems.Count);
}
