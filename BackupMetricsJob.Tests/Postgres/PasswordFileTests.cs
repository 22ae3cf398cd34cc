namespace BackupMetricsJob.Tests.Postgres;

public sealed class PasswordFileTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("db1:5432:orders:me:right", "right")]
    [InlineData("*:*:*:*:right", "right")]
    [InlineData("db2:*:*:*:wrong\n# a comment:*:*:*\n\ndb1:*:*:*:right\n*:*:*:*:late", "right")]
    [InlineData("db1:5433:*:*:wrong", null)]
    [InlineData("db1:*:order:*:wrong", null)]
    [InlineData("db1:*:orderss:*:wrong", null)]
    [InlineData("db1:*:*:you:wrong", null)]
    [InlineData(@"*:*:*:*:a\:b\\c\d", @"a:b\cd")]
    [InlineData("*:*:*:*:right:ignored", "right")]
    [InlineData("*:*:*:*:with blank ", "with blank ")]
    [InlineData("*:*:*:*:right\r\n", "right")]
    [InlineData(@"d\b1:*:*:*:right", "right")]
    [InlineData("db*:*:*:*:wrong", null)]
    [InlineData("db1:*:*", null)]
    [InlineData("db1", null)]
    [InlineData(@"db1\", null)]
    [InlineData("", null)]
    public void The_first_line_that_matches_gives_the_password(string content, string? expected)
    {
        var file = _folder.Write("pgpass", content);
        Assert.Equal(expected, Parsed.From("host=db1 dbname=orders", $"PGPASSFILE={file}").Settings.Hosts[0].Password?.Reveal());
    }

    [Theory]
    [InlineData("host=/var/run/postgresql", "localhost:*:*:*:right", "right")]
    [InlineData("host=/run/other", "localhost:*:*:*:wrong", null)]
    [InlineData("host=/run/other", "/run/other:*:*:*:right", "right")]
    [InlineData("host=db1 hostaddr=10.0.0.1", "10.0.0.1:*:*:*:wrong\ndb1:*:*:*:right", "right")]
    [InlineData("hostaddr=10.0.0.1", "10.0.0.1:*:*:*:right", "right")]
    [InlineData("host=::1", @"\:\:1:*:*:*:right", "right")]
    [InlineData(@"host=h user='a:b\\c'", @"h:*:*:a\:b\\c:right", "right")]
    public void Host_and_user_match_as_in_libpq(string text, string content, string? expected)
    {
        var file = _folder.Write("pgpass", content);
        Assert.Equal(expected, Parsed.From($"{text} passfile={file}").Settings.Hosts[0].Password?.Reveal());
    }

    [Fact]
    public void Each_host_has_its_own_password()
    {
        _folder.Write(".pgpass", "a:*:*:*:first\nb:5433:*:*:second\n");
        var hosts = Parsed.From("host=a,b,c port=5432,5433,5434", home: _folder.Path).Settings.Hosts;
        Assert.Equal(["first", "second", null], hosts.Select(host => host.Password?.Reveal()));
    }

    [Fact]
    public void A_password_that_is_given_wins()
    {
        _folder.Write(".pgpass", "*:*:*:*:file\n");
        Assert.Equal("text", Parsed.From("host=a password=text", "PGPASSWORD=env", _folder.Path).Settings.Hosts[0].Password?.Reveal());
        Assert.Equal("env", Parsed.From("host=a", "PGPASSWORD=env", _folder.Path).Settings.Hosts[0].Password?.Reveal());
        Assert.Equal("file", Parsed.From("host=a password=''", "PGPASSWORD=env", _folder.Path).Settings.Hosts[0].Password?.Reveal());
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_file_that_others_may_read_is_ignored_with_a_warning(UnixFileMode more)
    {
        var file = _folder.Write("pgpass", "*:*:*:*:secret\n", UnixFileMode.UserRead | more);
        var settings = Parsed.From("host=a", $"PGPASSFILE={file}").Settings;
        Assert.Null(settings.Hosts[0].Password);
        Assert.Contains("group or world access", Assert.Single(settings.Warnings), StringComparison.Ordinal);
    }

    /// <summary>LoadCredential= makes it 0440, for systemd's own access control list (systemd 254 and later).</summary>
    [Theory]
    [InlineData(UnixFileMode.GroupRead, true)]
    [InlineData(UnixFileMode.OtherRead, false)]
    [InlineData(UnixFileMode.GroupRead | UnixFileMode.GroupWrite, false)]
    public void A_credential_of_systemd_may_be_readable_by_its_group(UnixFileMode more, bool isTaken)
    {
        var file = _folder.Write("pgpass", "*:*:*:*:secret\n", UnixFileMode.UserRead | more);

        var settings = Parsed.From("host=a", $"PGPASSFILE={file} CREDENTIALS_DIRECTORY={_folder.Path}/").Settings;
        var elsewhere = Parsed.From("host=a", $"PGPASSFILE={file} CREDENTIALS_DIRECTORY=/run/credentials/other.service").Settings;

        Assert.Equal(isTaken ? "secret" : null, settings.Hosts[0].Password?.Reveal());
        Assert.Equal(isTaken ? 0 : 1, settings.Warnings.Count);
        Assert.Null(elsewhere.Hosts[0].Password);
    }

    [Fact]
    public void A_missing_file_is_worth_a_warning_only_where_it_was_named()
    {
        Assert.Empty(Parsed.From("host=a").Settings.Warnings);
        Assert.Contains(
            "/nonexistent/p",
            Assert.Single(Parsed.From("host=a passfile=/nonexistent/p").Settings.Warnings),
            StringComparison.Ordinal
        );
    }
}
