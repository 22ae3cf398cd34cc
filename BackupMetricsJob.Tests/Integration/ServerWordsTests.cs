using BackupMetricsJob.Backups;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>A server's own words cannot write a line of ours, nor to somebody's terminal, nor fill a log.</summary>
public sealed class ServerWordsTests
{
    [Theory]
    [InlineData(@"x\nok orders: all is well", "x ok orders: all is well")]
    [InlineData(@"x\rok orders", "x ok orders")]
    [InlineData(@"a\u001b[2Jb\u0007", "a\ufffd[2Jb\ufffd")]
    [InlineData(@"a\u0085b\u2028c\u202ed", "a b c\ufffdd")]
    public async Task A_message_is_one_clean_line(string raised, string words)
    {
        await using var server = await PostgresServer.StartAsync();
        var result = await FailAsync(server, $"E'{raised}'");

        Assert.Equal($"source query: {words} (SQLSTATE P0001)", result.Failure?.Message);
    }

    [Fact]
    public async Task A_long_message_is_cut_and_what_is_said_beside_it_is_not()
    {
        await using var server = await PostgresServer.StartAsync();
        var result = await FailAsync(server, "repeat('word ', 20000)");

        Assert.EndsWith("... (SQLSTATE P0001)", result.Failure?.Message, StringComparison.Ordinal);
        Assert.InRange(result.Failure!.Message.Length, 400, 600);
    }

    [Fact]
    public async Task On_the_terminal_it_is_one_line_too()
    {
        await using var server = await PostgresServer.StartAsync();
        await server.ExecuteAsync(Function(@"E'x\nok orders: \u001b[31m'"));
        using var folder = new TempFolder();
        var query = folder.Write("query.sql", "SELECT * FROM boom()");
        foreach (var command in new[] { "show", "run" })
        {
            var result = await BackupMetrics.RunAsync([
                command,
                "--connection",
                server.ConnectionUri(),
                "--source",
                "query",
                "--query",
                query,
                .. command == "run" ? new[] { "--dry-run" } : [],
            ]);

            Assert.Equal(69, result.ExitCode);
            Assert.DoesNotContain('\u001b', result.Output + result.Error);
            Assert.DoesNotContain(
                (result.Output + result.Error).Split('\n'),
                line => line.StartsWith("ok orders", StringComparison.Ordinal)
            );
            Assert.Contains("x ok orders:", result.Output + result.Error, StringComparison.Ordinal);
        }
    }

    static async Task<ProbeResult> FailAsync(PostgresServer server, string message)
    {
        await server.ExecuteAsync(Function(message));
        return await Probe.OfAsync(server, [SourceName.Query], new SourceSettings(ServerPatterns.All, "SELECT * FROM boom()"));
    }

    static string Function(string message) =>
        "CREATE FUNCTION boom() RETURNS TABLE (type text, age_seconds int) LANGUAGE plpgsql AS $f$ BEGIN RAISE EXCEPTION USING "
        + $"MESSAGE = {message}; END $f$";
}
