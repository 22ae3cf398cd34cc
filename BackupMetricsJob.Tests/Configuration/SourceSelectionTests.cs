using BackupMetricsJob.Backups;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Configuration;

/// <summary>--source, --server and --query, and their variables.</summary>
public sealed class SourceSelectionTests
{
    [Fact]
    public void The_default_source_is_the_server()
    {
        var sources = Read([]);

        Assert.Equal(["server"], sources.Names);
        Assert.Null(sources.Settings.Query);
        Assert.Equal(["*"], sources.Settings.Servers.Patterns);
    }

    [Fact]
    public void Sources_are_read_once_in_a_fixed_order() =>
        Assert.Equal(["server", "catalog", "pgwatch"], Read(["source=pgwatch", "source=catalog", "source=server", "source=catalog"]).Names);

    [Fact]
    public void The_catalogue_can_be_the_only_source() => Assert.Equal(["catalog"], Read(["source=catalog"]).Names);

    [Fact]
    public void Servers_without_a_star_are_listed_by_name()
    {
        var servers = Read(["source=catalog", "server=eu-*", "server=orders", "server=50%_off"]).Settings.Servers;

        Assert.Equal(["eu-*", "orders", "50%_off"], servers.Patterns);
        Assert.Equal(["orders", "50%_off"], servers.Listed);
        Assert.False(servers.AreNames);
        Assert.True(Read(["source=catalog", "server=orders"]).Settings.Servers.AreNames);
    }

    [Fact]
    public void A_query_file_implies_its_source()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "q.sql");
        File.WriteAllText(file, "\uFEFFSELECT 1");

        Assert.Equal(["query"], Read(["query=" + file]).Names);
        Assert.Equal("SELECT 1", Read(["query=" + file]).Settings.Query);
        Assert.Equal(["server", "query"], Read(["source=server", "query=" + file]).Names);
        Assert.Equal(
            ["catalog", "query"],
            Read(
                [],
                new()
                {
                    ["BACKUP_METRICS_SOURCE"] = "query, catalog",
                    ["BACKUP_METRICS_QUERY"] = file,
                    ["BACKUP_METRICS_SERVER"] = "a,b*",
                }
            ).Names
        );
    }

    [Fact]
    public void Omissions_belong_to_the_source_server()
    {
        Assert.Equal(Omissions.None, Read([]).Settings.Omissions);
        Assert.Equal(Omissions.Wal | Omissions.Label, Read(["without=label", "without=wal"]).Settings.Omissions);
        Assert.Equal(Omissions.Wal, Read([], new() { ["BACKUP_METRICS_WITHOUT"] = "wal" }).Settings.Omissions);
        Assert.Equal(Omissions.Label, Read(["source=catalog", "source=server", "without=label"]).Settings.Omissions);
    }

    [Theory]
    [InlineData("without=everything", "--without \"everything\": must be one of wal, label")]
    [InlineData("source=catalog|without=wal", "--without: needs the source server, which is not selected")]
    [InlineData("source=base", "--source \"base\": must be one of server, catalog, pgmonitor, query, pgwatch")]
    [InlineData("source=query", "--query is missing: the file with the SELECT for the source query (or BACKUP_METRICS_QUERY)")]
    [InlineData("server=orders", "--server: selects servers of the catalogue, so it needs --source catalog")]
    [InlineData("source=catalog|server= ", "--server \" \": must be the name of a server in the catalogue, or a pattern like eu-*")]
    [InlineData("query=/nonexistent/q.sql", "--query \"/nonexistent/q.sql\": does not exist")]
    [InlineData("query=/dev/null", "--query \"/dev/null\": contains no query")]
    public void Problems_say_what_is_allowed(string flags, string problem)
    {
        var problems = new List<Problem>();
        SourceSelection.Read(Settings(flags.Split('|'), []), problems);

        Assert.Equal([problem], problems.Select(one => one.Message));
        Assert.Equal(
            problem.StartsWith("--query \"", StringComparison.Ordinal) ? ProblemOrigin.Configuration : ProblemOrigin.Flag,
            problems[0].Origin
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("-- SELECT 1;\n/* nothing */ ;")]
    public void A_query_that_asks_nothing_is_refused_wherever_it_stands(string query)
    {
        using var file = new ConfigurationFile(
            """
            targets:
            - {name: a, connection: host=h user=u, sources: [query: {sql_file: q.sql}]}
            - {name: b, connection: host=h user=u, sources: [query: {sql: "-- SELECT"}]}
            """
        );
        file.Add("q.sql", query);

        Assert.Equal(
            "main.yaml:2:68: targets[0].sources[0].query.sql_file \"q.sql\": contains no query\n"
                + "main.yaml:3:57: targets[1].sources[0].query.sql: contains no query\n",
            file.Problems()
        );
        using var folder = new TempFolder();
        var problems = new List<Problem>();
        SourceSelection.Read(Settings(["query=" + folder.Write("q.sql", query)], []), problems);
        Assert.EndsWith("q.sql\": contains no query", Assert.Single(problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_query_that_is_not_text_is_refused()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "q.sql");
        File.WriteAllBytes(file, [0x53, 0xFF, 0xFE]);
        var problems = new List<Problem>();

        SourceSelection.Read(Settings(["query=" + file], []), problems);

        Assert.EndsWith("is not UTF-8", Assert.Single(problems).Message, StringComparison.Ordinal);
    }

    static SourceSelection Read(string[] flags, Dictionary<string, string>? environment = null)
    {
        var problems = new List<Problem>();
        var sources = SourceSelection.Read(Settings(flags, environment ?? []), problems);
        Assert.Empty(problems);
        return sources;
    }

    static GivenSettings Settings(string[] given, Dictionary<string, string> environment)
    {
        var flags = new GivenFlags();
        foreach (var group in given.Select(flag => flag.Split('=', 2)).GroupBy(pair => pair[0], pair => pair[1]))
            flags.Add(group.Key, [.. group]);
        return new(flags, environment);
    }
}
