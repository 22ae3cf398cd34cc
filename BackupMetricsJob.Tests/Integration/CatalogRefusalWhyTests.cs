using BackupMetricsJob.Catalog;
using BackupMetricsJob.Tests.Support;
using static BackupMetricsJob.Tests.Integration.CatalogDatabase;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>Where no server's list failed, the second line of a refused import says why it is not recorded as a failure of one.</summary>
public sealed class CatalogRefusalWhyTests(SharedCatalogDatabase shared) : IClassFixture<SharedCatalogDatabase>
{
    const string Broken = """[{"backup_name": 1""";

    [Theory]
    [InlineData("the catalogue has no list of wal-g for \"tpyo\"", "wal-g", Broken, "--server", "tpyo")]
    [InlineData("it names no server, and no list of pgbackrest was imported from there", "pgbackrest", "ERROR: [055]")]
    [InlineData("the catalogue has no list of pgbackrest for \"main\"", "pgbackrest", """[{"name":"main",""")]
    [InlineData("it is a list of wal-g", "pgbackrest", """[{"backup_name":"base_1","time":"2026-11-20T03:00:00Z"}]""")]
    [InlineData("it is the listing of a WAL archive", "wal-g", "1795000000.5 16777216 000000010000000000000009\n", "--server", "one")]
    public async Task Of_a_list_that_is_about_no_server_that_is_known(string why, string tool, string input, params string[] more)
    {
        var refused = await BackupMetrics.RunAsync(["import", tool, "--connection", shared.Database.Uri, .. more], null, input);

        Assert.Equal(65, refused.ExitCode);
        Assert.Contains(
            $" on host {ImportOrigin.Here().Host}, since {why}: show and the alerts report it until ",
            refused.Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Of_a_clash_with_a_server_of_another_host()
    {
        await using var catalogue = await CreateAsync();
        await catalogue.ImportAsync(Backup(1) with { SystemIdentifier = 1 });
        await catalogue.Database.ExecuteAsync("UPDATE backup_metrics.backup_source SET host = 'another'");

        var result = await catalogue.ImportAsync(Backup(2) with { SystemIdentifier = 2 });

        Assert.Contains(", since \"orders\" in the catalogue may be another server: ", result.Failure!.Recorded, StringComparison.Ordinal);
    }
}
