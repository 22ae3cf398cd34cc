using BackupMetricsJob.Catalog;
using static BackupMetricsJob.Tests.Integration.CatalogDatabase;
using static BackupMetricsJob.Tests.Integration.CatalogStoragesTests;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>A list that names no cluster may be another server's; what it makes of the old backups is told.</summary>
public sealed class CatalogUnrelatedServerTests
{
    [Fact]
    public async Task A_list_that_shares_no_backup_is_refused_where_it_is_not_simply_newer()
    {
        await using var catalogue = await CreateAsync();
        await catalogue.ImportAsync(Backup(1), Backup(3), Backup(5));

        var refused = await catalogue.ImportAsync(Stranger(2), Stranger(4), Stranger(6));

        Assert.Equal(
            "Input: the list of \"orders\" has 3 backups, and the catalogue knows none of them; of its own 3 none is listed, "
                + "and some are newer than the oldest listed: nothing was written. If these are two servers, "
                + "import one of them with --server NAME. If the old backups are really gone, use --allow-empty",
            Told(refused)
        );
        Assert.Equal(["orders base_001 done", "orders base_003 done", "orders base_005 done"], await catalogue.RowsAsync());
        Assert.Equal(
            "3 new, 0 changed, 3 gone, 0 unchanged",
            Told(await catalogue.ImportAsync(List("orders", Stranger(2), Stranger(4), Stranger(6)), allowEmpty: true))
        );
    }

    [Fact]
    public async Task After_a_retention_all_may_be_new()
    {
        await using var catalogue = await CreateAsync();
        await catalogue.ImportAsync(Backup(1), Backup(2));

        Assert.Equal("2 new, 0 changed, 2 gone, 0 unchanged", Told(await catalogue.ImportAsync(Stranger(3), Stranger(4))));
    }

    [Fact]
    public async Task One_backup_that_both_know_is_enough_also_if_it_was_gone()
    {
        await using var catalogue = await CreateAsync();
        await catalogue.ImportAsync(Backup(1), Backup(5));
        Assert.Equal("1 new, 0 changed, 1 gone, 1 unchanged", Told(await catalogue.ImportAsync(Backup(1), Stranger(2))));
        Assert.Equal("1 new, 1 changed, 2 gone, 0 unchanged", Told(await catalogue.ImportAsync(Backup(5), Backup(6))));
    }

    [Fact]
    public async Task A_list_of_another_storage_has_nothing_to_do_with_it()
    {
        await using var catalogue = await CreateAsync();
        await catalogue.ImportAsync(Backup(1), Backup(5));

        var other = new ListingItem.CompleteServer("orders", null) { Storages = ["s3"] };
        Assert.Equal(
            "1 new, 0 changed, 0 gone, 0 unchanged",
            Told(await catalogue.ImportAsync([new ListingItem.Backup(Stranger(2) with { Storage = "s3" }), other]))
        );
    }

    [Fact]
    public async Task What_becomes_history_is_counted_and_told_once()
    {
        await using var catalogue = await CreateAsync();
        await catalogue.ImportAsync(Backup(1) with { SystemIdentifier = 1 }, Backup(2) with { SystemIdentifier = 1 });

        var both = new[]
        {
            Backup(1) with
            {
                SystemIdentifier = 1,
            },
            Backup(2) with
            {
                SystemIdentifier = 1,
            },
            Backup(3) with
            {
                SystemIdentifier = 2,
            },
        };
        Assert.Equal([("orders", 2, "system identifier 2")], (await catalogue.ImportAsync(both)).History);
        Assert.Empty((await catalogue.ImportAsync(both)).History);
    }

    [Fact]
    public async Task Records_that_were_skipped_are_shown_until_they_can_be_read()
    {
        await using var catalogue = await CreateAsync();
        var newest = Backup(1) with { Started = null, Finished = DateTimeOffset.UtcNow.AddHours(-1) };
        await catalogue.ImportAsync([
            new ListingItem.Skipped("orders", "base_002", "$[1].finish_time: 2027 is in the future"),
            .. List("orders", newest),
        ]);

        var show = await ShowAsync(catalogue);
        Assert.Contains(
            "WARNING             1 record in the last list of wal-g could not be read: $[1].finish_time: 2027 is in the future\n",
            show,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("no problem is known, according", show, StringComparison.Ordinal);

        await catalogue.ImportAsync(newest);
        Assert.Contains("no problem is known, according", await ShowAsync(catalogue), StringComparison.Ordinal);
    }

    static CatalogRow Stranger(int number) => Backup(number) with { BackupId = $"stranger_{number}" };
}
