using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Tests.Postgres;

public sealed class PrecedenceTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Everything_may_come_from_the_environment()
    {
        var settings = Parsed
            .From(
                null,
                "PGHOST=db1 PGPORT=6432 PGDATABASE=orders PGUSER=monitor PGPASSWORD=pw PGSSLMODE=require PGCONNECT_TIMEOUT=3 "
                    + "PGAPPNAME=app PGOPTIONS=-cgeqo=off PGTARGETSESSIONATTRS=primary PGTZ=UTC PGREQUIREAUTH=md5 PGCHANNELBINDING=disable"
            )
            .Settings;
        Assert.Equal("postgresql://monitor@db1:6432/orders", settings.Description);
        Assert.Equal("pw", settings.Hosts[0].Password?.Reveal());
        Assert.Equal(TlsMode.Require, settings.Tls.Mode);
        Assert.Equal(TimeSpan.FromSeconds(3), settings.ConnectTimeout);
        Assert.Equal("app", settings.ApplicationName);
        Assert.Equal("-cgeqo=off", settings.Options);
        Assert.Equal(SessionAttributes.Primary, settings.TargetSessionAttributes);
        Assert.Equal("UTC", settings.TimeZone);
        Assert.Equal(new AuthenticationSettings(AuthMethods.Md5, ChannelBindingMode.Disable), settings.Authentication);
    }

    [Theory]
    [InlineData("PGHOSTADDR=nope", "PGHOSTADDR")]
    [InlineData("PGPORT=x", "PGPORT")]
    [InlineData("PGSSLMODE=", "PGSSLMODE")]
    [InlineData("PGSSLCRL=/x", "PGSSLCRL")]
    [InlineData("PGGSSENCMODE=require", "PGGSSENCMODE")]
    [InlineData("PGREQUIREPEER=postgres", "PGREQUIREPEER")]
    [InlineData("PGREQUIREAUTH=x", "PGREQUIREAUTH")]
    [InlineData("PGCONNECT_TIMEOUT=x", "PGCONNECT_TIMEOUT")]
    [InlineData("PGKRBSRVNAME=x", "PGKRBSRVNAME")]
    public void A_problem_names_the_variable(string variable, string name) =>
        Assert.StartsWith($"{name}: ", Parsed.From("", variable).Problem, StringComparison.Ordinal);

    [Theory]
    [InlineData("PGREQUIRESSL=1", TlsMode.Require)]
    [InlineData("PGREQUIRESSL=0", TlsMode.Prefer)]
    [InlineData("PGREQUIRESSL=1 PGSSLMODE=allow", TlsMode.Allow)]
    public void The_oldest_variable_still_counts(string variables, object expected) =>
        Assert.Equal(expected, Parsed.From("host=h", variables).Settings.Tls.Mode);

    [Fact]
    public void Text_beats_service_beats_environment_beats_default()
    {
        var file = _folder.Write(
            "services",
            "# all of them\n[other]\nhost=wrong\n\n[orders]\nhost=service\nport=2\n  user=service  \n[later]\nuser=wrong\n"
        );
        var settings = Parsed
            .From("host=text service=orders", $"PGSERVICEFILE={file} PGHOST=env PGPORT=3 PGUSER=env PGDATABASE=env")
            .Settings;
        Assert.Equal("postgresql://service@text:2/env", settings.Description);
    }

    [Theory]
    [InlineData("service=orders", "")]
    [InlineData("postgresql://?service=orders", "")]
    [InlineData("", "PGSERVICE=orders")]
    [InlineData("service=orders", "PGSERVICE=other")]
    public void A_service_may_be_named_anywhere_and_lies_in_the_home_directory(string text, string variables)
    {
        _folder.Write(".pg_service.conf", "[orders]\nhost=service\n[orders]\nhost=second\n");
        Assert.Equal("postgresql://me@service:5432/me", Parsed.From(text, variables, _folder.Path).Settings.Description);
    }

    [Fact]
    public void The_system_directory_is_looked_at_last()
    {
        _folder.Write("etc/pg_service.conf", "[orders]\nhost=system\n[more]\nhost=system\n");
        _folder.Write(".pg_service.conf", "[orders]\nhost=own\n");
        Assert.Equal("own", Parsed.From("service=orders", $"PGSYSCONFDIR={_folder.Path}/etc", _folder.Path).Settings.Hosts[0].Name);
        Assert.Equal("system", Parsed.From("service=more", $"PGSYSCONFDIR={_folder.Path}/etc", _folder.Path).Settings.Hosts[0].Name);
    }

    [Theory]
    [InlineData("host=x\n", "service \"orders\" is not defined in FILE")]
    [InlineData("[orders]\nhost\n", "FILE:2: must be keyword=value")]
    [InlineData("[orders]\nhost = x\n", "FILE:2: unknown connection keyword: did you mean \"host\"")]
    [InlineData("[orders]\nservice=x\n", "FILE:2: service must not be used")]
    [InlineData("[orders]\nldap://x\n", "FILE:2: services from an LDAP server")]
    [InlineData("[orders]\nsslmode=x\n", "sslmode in service \"orders\": \"x\" is not one of")]
    public void A_problem_of_a_service_names_the_place(string content, string expected)
    {
        var file = _folder.Write("services", content);
        Assert.StartsWith(
            expected.Replace("FILE", file, StringComparison.Ordinal),
            Parsed.From("service=orders", $"PGSERVICEFILE={file} PGSYSCONFDIR=/nonexistent").Problem,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_missing_service_file_is_a_problem()
    {
        Assert.StartsWith(
            "service file /nonexistent/x:",
            Parsed.From("service=orders", "PGSERVICEFILE=/nonexistent/x").Problem,
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "service \"orders\" is not defined in any",
            Parsed.From("service=orders", "PGSYSCONFDIR=/nonexistent").Problem,
            StringComparison.Ordinal
        );
    }
}
