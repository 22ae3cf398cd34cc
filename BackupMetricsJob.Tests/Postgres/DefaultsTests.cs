using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Tests.Postgres;

/// <summary>Shared defaults rank below the connection's own settings and above libpq's environment.</summary>
public sealed class DefaultsTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Defaults_fill_what_the_text_leaves_open_and_the_environment_fills_the_rest()
    {
        var settings = Resolve(
            "host=text",
            new()
            {
                ["host"] = "default",
                ["user"] = "default",
                ["sslmode"] = "disable",
            },
            "PGHOST=env PGUSER=env PGDATABASE=env PGSSLMODE=require"
        );

        Assert.Equal("postgresql://default@text:5432/env", settings.Description);
        Assert.Equal(TlsMode.Disable, settings.Tls.Mode);
    }

    [Fact]
    public void The_service_of_the_text_beats_the_defaults_and_theirs_beats_the_environment()
    {
        var file = _folder.Write("services", "[one]\nhost=one\nport=1\n[two]\nhost=two\nport=2\n");
        Dictionary<string, string> defaults = new() { ["port"] = "9", ["user"] = "u" };

        Assert.Equal("postgresql://u@one:1/u", Resolve("service=one", defaults, $"PGSERVICEFILE={file}").Description);
        Assert.Equal(
            "postgresql://u@two:9/u",
            Resolve("", new(defaults) { ["service"] = "two" }, $"PGSERVICEFILE={file} PGSERVICE=one").Description
        );
        Assert.Equal("postgresql://u@one:9/u", Resolve("", defaults, $"PGSERVICEFILE={file} PGSERVICE=one").Description);
        Assert.Equal(
            "postgresql://u@one:1/u",
            Resolve("service=one", new(defaults) { ["service"] = "two", ["servicefile"] = file }, "").Description
        );
    }

    [Fact]
    public void A_problem_of_the_defaults_says_so()
    {
        var problems = new List<string>();
        ConnectionText.Resolve(
            new Dictionary<string, string> { ["host"] = "h" },
            new Dictionary<string, string> { ["sslmode"] = "perhaps" },
            Parsed.Environment(null, null, "me"),
            problems,
            null
        );

        Assert.StartsWith("sslmode in defaults: \"perhaps\" is not one of", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("host=h sslmode=require sslcert=/nonexistent/c", "sslcert: certificate /nonexistent/c does not exist", true)]
    [InlineData("service=nowhere servicefile=/nonexistent/s", "service file /nonexistent/s: does not exist", false)]
    public void A_file_that_is_not_there_is_an_absence_where_it_may_be_one(string text, string message, bool isSecret)
    {
        var (problems, missingFiles) = (new List<string>(), new List<MissingFile>());
        var written = ConnectionText.TryRead(text, problems)!;

        Assert.Null(
            ConnectionText.Resolve(written, null, Parsed.Environment("PGSYSCONFDIR=/nonexistent", null, "me"), problems, missingFiles)
        );

        Assert.Empty(problems);
        Assert.StartsWith(message, missingFiles[0].Message, StringComparison.Ordinal);
        Assert.Equal(isSecret, missingFiles[0].IsSecret);
        Assert.Equal(missingFiles.Count, Parsed.From(text, "PGSYSCONFDIR=/nonexistent").Problems.Count);
    }

    static ConnectionSettings Resolve(string text, Dictionary<string, string> defaults, string variables)
    {
        var problems = new List<string>();
        var written = ConnectionText.TryRead(text, problems)!;
        return ConnectionText.Resolve(written, defaults, Parsed.Environment(variables, null, "me"), problems, null)
            ?? throw new InvalidOperationException(string.Join("; ", problems));
    }

    [Fact]
    public void The_systems_user_is_looked_up_once_and_only_where_nobody_named_one()
    {
        var asked = 0;
        var environment = new LibpqEnvironment(new Dictionary<string, string>(), "/nonexistent", () => $"me{++asked}");

        Assert.True(ConnectionText.TryParse("host=db1 user=u", environment, [], out _));
        Assert.Equal(0, asked);
        foreach (var host in (string[])["db1", "db2"])
        {
            Assert.True(ConnectionText.TryParse("host=" + host, environment, [], out var settings));
            Assert.Equal("me1", settings!.User);
        }
    }
}
