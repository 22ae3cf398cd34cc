using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>A catalogue that is there and is not read: `show` says so to whoever may read it, and to nobody else.</summary>
public sealed class UnreadCatalogTests
{
    const string Hint = "this database holds one, which is not read: --source server --source catalog";

    [Fact]
    public async Task Show_names_a_catalogue_that_it_does_not_read()
    {
        await using var server = await PostgresServer.StartAsync();
        await server.ExecuteAsync("CREATE ROLE monitor LOGIN IN ROLE pg_monitor");
        Assert.DoesNotContain(Hint, await ShowAsync("monitor"), StringComparison.Ordinal);

        await BackupMetrics.RunAsync("catalog", "init", "--connection", server.ConnectionUri());
        Assert.DoesNotContain(Hint, await ShowAsync("monitor"), StringComparison.Ordinal);

        await server.ExecuteAsync(
            "GRANT USAGE ON SCHEMA backup_metrics TO monitor; GRANT SELECT ON ALL TABLES IN SCHEMA backup_metrics TO monitor"
        );
        Assert.Contains(Hint, await ShowAsync("monitor"), StringComparison.Ordinal);
        Assert.DoesNotContain(Hint, await ShowAsync("monitor", "--source", "server", "--source", "catalog"), StringComparison.Ordinal);

        async Task<string> ShowAsync(string role, params string[] more) =>
            (await BackupMetrics.RunAsync(["show", "--connection", server.ConnectionUri(role), "--instance", "it", .. more])).Output;
    }
}
