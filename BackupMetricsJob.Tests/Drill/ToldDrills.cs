using BackupMetricsJob.Tests.Integration;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Drill;

/// <summary>A catalogue and a gateway that the drills of a class tell their results, one after the other.</summary>
public sealed class ToldDrills : IAsyncLifetime
{
    internal CatalogDatabase Catalogue { get; private set; } = null!;

    internal PushgatewayServer Gateway { get; private set; } = null!;

    internal string[] Flags => ["--catalogue", Catalogue.Uri, "--gateway", Gateway.Url];

    public async Task InitializeAsync()
    {
        Catalogue = await CatalogDatabase.CreateAsync();
        Gateway = await PushgatewayServer.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Catalogue.DisposeAsync();
    }

    /// <summary>That the last drill of "orders" was recorded with this status, phase and cause, and pushed as what it is.</summary>
    internal async Task AssertAsync(string status, string phase, string words)
    {
        Assert.Matches(
            $"^{status} {phase}: .*{words.Replace(@"\n", "", StringComparison.Ordinal)}",
            await Catalogue.Database.ScalarAsync<string>(
                "SELECT concat_ws(' ', status, error) FROM backup_metrics.backup_catalog ORDER BY started_at DESC LIMIT 1"
            )
        );
        var tool = await Catalogue.Database.ScalarAsync<string>(
            "SELECT tool FROM backup_metrics.backup_catalog ORDER BY started_at DESC LIMIT 1"
        );
        var labels = $"{{drill=\"orders\",instance=\"orders\",job=\"backup_metrics\",tool=\"{tool}\"}} ";
        var pushed = await Gateway.MetricsAsync();
        if (status == "failed")
            Assert.Contains($"postgres_restore_test_success{labels}0\n", pushed, StringComparison.Ordinal);
        Assert.Equal(
            status != "failed",
            pushed.Contains("postgres_restore_test_unfinished_timestamp_seconds" + labels, StringComparison.Ordinal)
        );
    }
}
