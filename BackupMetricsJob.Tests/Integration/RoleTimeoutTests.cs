using BackupMetricsJob.Backups;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>
/// What a role or a database sets for others does not end a probe: its limits are its own. Where a server ends it all the same, that is a
/// reason of its own.
/// </summary>
public sealed class RoleTimeoutTests
{
    static readonly SourceSettings Slow = new(
        ServerPatterns.All,
        "SELECT 'full' AS type, clock_timestamp() AS finished_at FROM pg_sleep(1.5)"
    );

    [Theory]
    [InlineData(15, "statement_timeout = '200ms'")]
    [InlineData(18, "transaction_timeout = '500ms'")]
    [InlineData(18, "idle_in_transaction_session_timeout = '1ms'")]
    public async Task A_timeout_of_the_role_does_not_hold_for_a_probe(int version, string setting)
    {
        await using var server = await PostgresServer.StartAsync(new() { Version = version, Archiving = true });
        await server.ExecuteAsync($"CREATE ROLE watch LOGIN IN ROLE pg_monitor; ALTER ROLE watch SET {setting}");

        var result = await Probe.OfAsync(server, [SourceName.Server, SourceName.Query], Slow, "watch");

        Assert.Null(result.Failure);
        Assert.Equal([SourceName.Server, SourceName.Query], result.SourcesThatAnswered);
    }

    [Fact]
    public async Task A_limit_of_the_roles_temporary_files_is_named()
    {
        await using var server = await PostgresServer.StartAsync();
        await server.ExecuteAsync("CREATE ROLE watch LOGIN; ALTER ROLE watch SET temp_file_limit = '100kB'");
        const string Large =
            "SELECT 'full' AS type, now() AS finished_at FROM (SELECT x FROM generate_series(1, "
            + "600000) x ORDER BY random() OFFSET 500000 LIMIT 1) y";

        var result = await Probe.OfAsync(server, [SourceName.Query], new(ServerPatterns.All, Large), "watch");

        Assert.Equal(FailureReason.Sql, result.Failure!.Reason);
        Assert.Contains(
            "temp_file_limit",
            Assert.Single(Findings.For(result), finding => finding.Summary.StartsWith("the probe failed", StringComparison.Ordinal)).Advice,
            StringComparison.Ordinal
        );
    }
}
