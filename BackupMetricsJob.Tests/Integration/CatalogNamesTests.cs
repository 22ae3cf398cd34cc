using static BackupMetricsJob.Tests.Integration.CatalogDatabase;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>A name is whatever a tool prints, and the same name may be another thing.</summary>
public sealed class CatalogNamesTests
{
    [Fact]
    public async Task The_same_name_in_two_storages_is_two_backups()
    {
        await using var catalogue = await CreateAsync();
        await catalogue.ImportAsync(Backup(1), Backup(2));

        Assert.Equal(
            "1 new, 0 changed, 0 gone, 2 unchanged",
            Told(await catalogue.ImportAsync(Backup(1), Backup(2), Backup(2) with { Storage = "failover" }))
        );
    }

    [Fact]
    public async Task A_server_with_quotes_and_newlines_in_its_name_is_a_server()
    {
        await using var catalogue = await CreateAsync();
        const string Name = "o'r\"d\\e\nrs; DROP TABLE x --";
        await catalogue.ImportAsync(List(Name, Backup(1, Name)));

        Assert.Equal(
            Name,
            await catalogue.Database.ScalarAsync<string>("SELECT server FROM backup_metrics.backup_catalog WHERE server LIKE 'o%x --'")
        );
        Assert.StartsWith(
            $"Input: the list of \"{Name}\" is empty",
            Told(await catalogue.ImportAsync(List(Name))),
            StringComparison.Ordinal
        );
    }
}
