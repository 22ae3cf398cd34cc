using BackupMetricsJob.Backups;
using BackupMetricsJob.Catalog;
using BackupMetricsJob.Tests.Catalog.Import;
using BackupMetricsJob.Tests.Support;
using static BackupMetricsJob.Tests.Integration.CatalogDatabase;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>What lists of real tools are taken for, from the list to the facts.</summary>
public sealed partial class CatalogMeaningTests
{
    const string UpBefore = "7713606402157670472";
    const string UpAfter = "7713606968237024567";

    [Fact]
    public async Task After_stanza_upgrade_the_backups_of_the_old_cluster_are_history()
    {
        await using var catalogue = await CreateAsync();

        var items = await MeaningAsync("pgbackrest", "up1");

        Assert.Null((await catalogue.ImportAsync(items, "pgbackrest")).Failure);

        var facts = Assert.Single((await Probe.OfAsync(catalogue.Database, ["catalog"])).Found);
        Assert.All(facts.Backups, backup => Assert.Null(backup.LastSuccess));
        Assert.Equal(
            $"source catalog: the catalogue's newest backups of orders are of another cluster (system identifier {UpBefore}, "
                + $"pgbackrest says that the server's is {UpAfter})",
            facts.Failure!.Message
        );
        var (kept, _) = await catalogue.CountsAsync();
        Assert.Empty(kept);

        // The first backup of the new cluster is all there is, and the old ones are still there.
        var newest = items.OfType<ListingItem.Backup>().First(backup => backup.Row.Type == BackupType.Full).Row with
        {
            BackupId = "new",
            Finished = DateTimeOffset.UtcNow.AddMinutes(-1),
            SystemIdentifier = ulong.Parse(UpAfter, System.Globalization.CultureInfo.InvariantCulture),
            PgVersionNumber = 150000,
        };
        var result = await catalogue.ImportAsync([new ListingItem.Backup(newest), .. items], "pgbackrest");
        Assert.Equal(("1 new, 0 changed, 0 gone, 7 unchanged", 1), (Told(result), result.Servers));
        facts = Assert.Single((await Probe.OfAsync(catalogue.Database, ["catalog"])).Found);
        Assert.Null(facts.Failure);
        var backup = Assert.Single(facts.Backups, backup => backup.LastSuccess is not null);
        Assert.Equal((BackupType.Full, 1, backup.LastSuccess), (backup.Type, backup.Counts!.Done, backup.Oldest));
        Assert.Equal(
            "0 new, 0 changed, 0 gone, 8 unchanged",
            Told(await catalogue.ImportAsync([new ListingItem.Backup(newest), .. items], "pgbackrest"))
        );
    }

    [Theory]
    [InlineData("othersys", "system identifier 7507672962298572862, the server's is [0-9]+")]
    [InlineData("version", "PostgreSQL 16, the server is 15")]
    public async Task A_catalogue_of_another_cluster_is_no_backup_of_the_server(string what, string said)
    {
        await using var catalogue = await CreateAsync();
        var items = Now(await Reading.Meaning("wal-g", "g-othersys", "2026-11-29T16:00:00", "it"));
        if (what == "version")
            items =
            [
                .. items.Select(item =>
                    item is ListingItem.Backup { Row: var row } ? new ListingItem.Backup(row with { SystemIdentifier = null }) : item
                ),
            ];
        await catalogue.ImportAsync(items);

        var run = await BackupMetrics.RunAsync(
            "run",
            "--dry-run",
            "--instance",
            "it",
            "--source",
            "server",
            "--source",
            "catalog",
            "--connection",
            catalogue.Uri
        );

        Assert.DoesNotContain("postgres_backup_last_success_timestamp_seconds{", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("postgres_recovery_point", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("postgres_recovery_replay_bytes{", run.Output, StringComparison.Ordinal);
        Assert.Contains("postgres_backup_source_success{instance=\"it\",source=\"catalog\"} 0", run.Output, StringComparison.Ordinal);
        Assert.Matches($"the catalogue's newest backups of it are of another cluster [(]{said}[)]", run.Error);
    }

    [Fact]
    public async Task Lists_of_one_repository_each_do_not_take_the_others_away()
    {
        await using var catalogue = await CreateAsync();
        var (first, second) = (await MeaningAsync("pgbackrest", "r1"), await MeaningAsync("pgbackrest", "r2"));
        await catalogue.ImportAsync(first, "pgbackrest");

        Assert.Equal("1 new, 0 changed, 0 gone, 0 unchanged", Told(await catalogue.ImportAsync(second, "pgbackrest")));
        Assert.Equal("0 new, 0 changed, 0 gone, 4 unchanged", Told(await catalogue.ImportAsync(first, "pgbackrest")));
        // Within its repository a list is the whole.
        var rest = first.Where(item => item is not ListingItem.Backup { Row.Type: BackupType.Diff });
        var row = first.OfType<ListingItem.Backup>().First(item => item.Row.Type == BackupType.Diff).Row with
        {
            BackupId = "20261129-145225F_x",
        };
        Assert.Equal(
            "1 new, 0 changed, 1 gone, 3 unchanged",
            Told(await catalogue.ImportAsync([.. rest, new ListingItem.Backup(row)], "pgbackrest"))
        );
    }

    [Fact]
    public async Task A_list_of_full_backups_only_takes_none_of_the_others_away_but_those_whose_full_is_gone()
    {
        await using var catalogue = await CreateAsync();
        var whole = await MeaningAsync("pgbackrest", "r1");
        await catalogue.ImportAsync(whole, "pgbackrest");

        var fulls = whole
            .Where(item => item is ListingItem.CompleteServer or ListingItem.Backup { Row.Type: BackupType.Full })
            .Select(item => item is ListingItem.CompleteServer server ? server with { MayLackTypes = true } : item)
            .ToList();
        Assert.Equal("0 new, 0 changed, 0 gone, 1 unchanged", Told(await catalogue.ImportAsync(fulls, "pgbackrest")));

        var others = fulls.Select(item =>
            item is ListingItem.Backup { Row: var row } ? new ListingItem.Backup(row with { BackupId = "20261130-000000F" }) : item
        );
        Assert.Equal("1 new, 0 changed, 4 gone, 0 unchanged", Told(await catalogue.ImportAsync(others, "pgbackrest")));
    }

    [Fact]
    public async Task A_list_of_several_kinds_that_lacks_the_full_backup_says_that_it_is_gone()
    {
        await using var catalogue = await CreateAsync();
        var whole = await MeaningAsync("pgbackrest", "r1");
        await catalogue.ImportAsync(whole, "pgbackrest");

        var withoutFull = whole.Where(item => item is not ListingItem.Backup { Row.Type: BackupType.Full });

        Assert.Equal("0 new, 0 changed, 1 gone, 3 unchanged", Told(await catalogue.ImportAsync(withoutFull, "pgbackrest")));
    }

    [Fact]
    public async Task Two_clusters_under_one_name_are_an_error_that_names_both()
    {
        await using var catalogue = await CreateAsync();
        await catalogue.ImportAsync(await MeaningAsync("pgbackrest", "pgoA"), "pgbackrest");
        var before = await catalogue.RowsAsync(withTransaction: true);

        var other = await MeaningAsync("pgbackrest", "pgoB");
        var name = other.OfType<ListingItem.CompleteServer>().Single().Name;

        Assert.Equal(
            $"Input: the list of \"{name}\" is from the cluster with system identifier 7200000000000000001, but the catalogue's "
                + "backups under that name are from 7115330446670438472: nothing was written. If these are two servers, import one of them "
                + "with --server NAME. If the old cluster no longer exists, use --allow-empty",
            Told(await catalogue.ImportAsync(other, "pgbackrest"))
        );
        Assert.Equal(before, await catalogue.RowsAsync(withTransaction: true));

        Assert.Equal(
            "5 new, 0 changed, 0 gone, 0 unchanged",
            Told(
                await catalogue.ImportAsync(Now(await Reading.Meaning("pgbackrest", "pgoB", "2026-11-29T16:00:00", "other")), "pgbackrest")
            )
        );
        Assert.Equal(
            "5 new, 0 changed, 5 gone, 0 unchanged",
            Told(await catalogue.ImportAsync(await MeaningAsync("pgbackrest", "pgoB"), "pgbackrest", allowEmpty: true))
        );
    }

    [Fact]
    public async Task The_time_of_an_object_does_not_replace_a_finish_and_is_told_where_it_stands_alone()
    {
        await using var catalogue = await CreateAsync();
        var detailed = Backup(1) with { Finished = DateTimeOffset.UtcNow.AddHours(-30), Started = DateTimeOffset.UtcNow.AddHours(-31) };
        var copied = Backup(1) with
        {
            Started = null,
            Finished = DateTimeOffset.UtcNow.AddMinutes(-9),
            SizeBytes = null,
            TimeIsOfObject = true,
        };
        await catalogue.ImportAsync(copied);
        Assert.True(Assert.Single(Assert.Single((await Probe.OfAsync(catalogue.Database, ["catalog"])).Found).Backups).IsDatedByObject);

        Assert.Equal("0 new, 1 changed, 0 gone, 0 unchanged", Told(await catalogue.ImportAsync(detailed)));
        Assert.Equal("0 new, 0 changed, 0 gone, 1 unchanged", Told(await catalogue.ImportAsync(copied)));

        var backup = Assert.Single(Assert.Single((await Probe.OfAsync(catalogue.Database, ["catalog"])).Found).Backups);
        Assert.InRange(backup.Age!.Value, TimeSpan.FromHours(29.9), TimeSpan.FromHours(30.1));
        Assert.False(backup.IsDatedByObject);
    }

    [Fact]
    public async Task A_passive_Barman_takes_nothing_away_and_undoes_nothing()
    {
        await using var catalogue = await CreateAsync();
        await catalogue.ImportAsync(await Reading.Meaning("barman", "t3", "2026-11-29T16:00:00"), "barman");
        var before = await catalogue.RowsAsync();
        var passive = await Reading.Meaning("barman", "passive", "2026-11-29T16:00:00");

        Assert.Equal(
            "0 new, 0 changed, 0 gone, 5 unchanged",
            Told(
                await catalogue.ImportAsync(
                    passive.Where(item => item is not ListingItem.Backup { Row.BackupId: "20261129T151733" }),
                    "barman"
                )
            )
        );
        Assert.Equal("0 new, 0 changed, 0 gone, 6 unchanged", Told(await catalogue.ImportAsync(passive, "barman")));
        Assert.Equal(before, await catalogue.RowsAsync());
    }

    [Fact]
    public async Task A_backup_that_waits_for_its_WAL_is_none_until_it_came()
    {
        await using var catalogue = await CreateAsync();
        await catalogue.ImportAsync(await MeaningAsync("barman", "waiting", TimeSpan.FromHours(2)), "barman");

        var backup = Assert.Single(Assert.Single((await Probe.OfAsync(catalogue.Database, ["catalog"])).Found).Backups);

        Assert.Equal(new(1, 1, 0, 1), backup.Counts);
        Assert.True(backup.Age > TimeSpan.FromHours(2));
        Assert.Null(backup.LastHasErrors);
    }

    [Fact]
    public async Task A_locked_stanza_runs_a_backup_since_it_was_first_seen_and_until_it_is_not()
    {
        await using var catalogue = await CreateAsync();
        var since = DateTimeOffset.UtcNow.AddMinutes(-10);
        Assert.Equal("1 new, 0 changed, 0 gone, 0 unchanged", Told(await catalogue.ImportAsync(Locked(since), "pgbackrest")));
        Assert.Equal("0 new, 0 changed, 0 gone, 1 unchanged", Told(await catalogue.ImportAsync(Locked(since.AddMinutes(5)), "pgbackrest")));

        var running = Assert.Single(
            Assert.Single((await Probe.OfAsync(catalogue.Database, ["catalog"])).Found).Backups,
            backup => backup.Type == BackupType.Base
        );
        Assert.Equal((new(0, 0, 1), since.ToUnixTimeSeconds()), (running.Counts, running.Running!.Since.ToUnixTimeSeconds()));

        var result = await catalogue.ImportAsync(
            [new ListingItem.CompleteServer("main", null) { MayLackTypes = true }],
            "pgbackrest",
            allowEmpty: true
        );
        Assert.Equal("0 new, 0 changed, 1 gone, 0 unchanged", Told(result));

        static IEnumerable<ListingItem> Locked(DateTimeOffset since) =>
            [
                new ListingItem.Backup(new("main", "pgbackrest", BackupType.Base, "running", BackupStatus.Running) { Started = since }),
                new ListingItem.CompleteServer("main", null) { MayLackTypes = true },
            ];
    }

    [Fact]
    public async Task A_site_that_was_renamed_is_no_instance_of_its_own()
    {
        await using var catalogue = await CreateAsync();
        await catalogue.ImportAsync(await MeaningAsync("pghoard", "p-moved-onlyold"), "pghoard");
        Assert.Equal(["old-site 2026-10-01_08-31_0 done"], await catalogue.RowsAsync());

        Assert.Equal(
            "2 new, 0 changed, 0 gone, 0 unchanged",
            Told(await catalogue.ImportAsync(await MeaningAsync("pghoard", "p-moved"), "pghoard"))
        );

        Assert.Equal(["example-site 2026-10-01_08-31_0 done", "example-site 2026-11-22_08-31_0 done"], await catalogue.RowsAsync());
        Assert.Equal(["example-site"], await catalogue.Database.QueryAsync<string>("SELECT server FROM backup_metrics.backup_source"));
    }

    static async Task<List<ListingItem>> MeaningAsync(string tool, string file, TimeSpan? ago = null) =>
        Now(await Reading.Meaning(tool, file, "2026-11-29T17:00:00"), ago);

    /// <summary>The list with its times moved, so that its newest backup finished just before now.</summary>
    static List<ListingItem> Now(List<ListingItem> items, TimeSpan? ago = null)
    {
        var newest = items.OfType<ListingItem.Backup>().Max(backup => backup.Row.Finished ?? backup.Row.Started)!.Value;
        var later = DateTimeOffset.UtcNow - (ago ?? TimeSpan.FromMinutes(1)) - newest;
        return
        [
            .. items.Select(item =>
                item is ListingItem.Backup { Row: var row }
                    ? new ListingItem.Backup(row with { Started = row.Started + later, Finished = row.Finished + later })
                    : item
            ),
        ];
    }
}
