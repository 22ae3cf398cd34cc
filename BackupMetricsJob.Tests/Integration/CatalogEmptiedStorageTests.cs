using System.Text.Json.Nodes;
using BackupMetricsJob.Catalog;
using BackupMetricsJob.Tests.Support;
using static BackupMetricsJob.Tests.Integration.CatalogDatabase;
using static BackupMetricsJob.Tests.Integration.CatalogStoragesTests;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>A repository or storage that lost all its backups is told, whether or not copies are asked for, until it is given up.</summary>
public sealed class CatalogEmptiedStorageTests
{
    const string Warning = "WARNING             repo2 held backups of pgbackrest, and has none now";

    const string Command = "backup-metrics catalog forget --server orders --tool pgbackrest --storage repo2";

    [Fact]
    public async Task A_repository_that_lost_all_its_backups_is_named_until_it_is_forgotten_or_has_one_again()
    {
        await using var catalogue = await CreateAsync();
        var both = List("repo2_behind");
        await ImportAsync(catalogue, both);
        Assert.Equal(["repo1 0", "repo2 0"], await EmptiedAsync(catalogue));

        Assert.Equal(0, (await ImportAsync(catalogue, WithoutRepo2(both))).ExitCode);

        await AssertToldAsync();

        // What is pruned is forgotten, but not that it had some.
        var pruned = await BackupMetrics.RunAsync("catalog", "prune", "--keep", "0s", "--connection", catalogue.Uri);
        Assert.Equal("removed 0 rows: 0 deleted by their tools, 0 old failures\n", pruned.Error);
        await AssertToldAsync();

        await ImportAsync(catalogue, both);
        Assert.Equal(["repo1 0", "repo2 0"], await EmptiedAsync(catalogue));
        await ImportAsync(catalogue, WithoutRepo2(both));
        await AssertToldAsync();

        // The advice can be run as it is printed.
        var forgotten = await BackupMetrics.RunAsync(
            Command.Split(' ')[1..],
            new Dictionary<string, string> { ["BACKUP_METRICS_CONNECTION"] = catalogue.Uri },
            ""
        );
        Assert.Equal((0, "removed what was known of \"orders\": 1 backup that was gone already\n"), (forgotten.ExitCode, forgotten.Error));
        await ImportAsync(catalogue, WithoutRepo2(both));
        Assert.Equal(["repo1 0", "repo2 0"], await EmptiedAsync(catalogue));
        var show = await ShowAsync(catalogue);
        Assert.DoesNotContain("WARNING", show, StringComparison.Ordinal);
        Assert.Contains("\n  pgbackrest repo2    no backup, WAL from ", show, StringComparison.Ordinal);

        async Task AssertToldAsync()
        {
            Assert.Equal(["repo1 0", "repo2 1"], await EmptiedAsync(catalogue));
            var show = await ShowAsync(catalogue);
            Assert.Contains(Warning, show, StringComparison.Ordinal);
            Assert.Contains($"If it is no longer used: {Command}\n", show, StringComparison.Ordinal);
            Assert.Contains("\n  pgbackrest repo2    no backup any more, WAL from ", show, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_storage_of_which_the_tool_no_longer_speaks_is_named_too()
    {
        await using var catalogue = await CreateAsync();
        var (here, there) = (Recent(1), Recent(2) with { Storage = "glacier" });
        await catalogue.ImportAsync(here, there);
        await catalogue.ImportAsync(here);
        Assert.Equal(["default 0", "glacier 1"], await EmptiedAsync(catalogue));
        Assert.Contains(
            "WARNING             glacier held backups of wal-g, and has none now",
            await ShowAsync(catalogue),
            StringComparison.Ordinal
        );
        Assert.Equal(1, (await RunAsync(catalogue))["postgres_backup_copies{instance=\"orders\"}"]);

        // Of another cluster is none, too; and where the tool has none anywhere, no storage is worse than the others.
        await catalogue.ImportAsync(here, there);
        await catalogue.Database.ExecuteAsync("UPDATE backup_metrics.backup_catalog SET other_cluster = true WHERE storage = 'glacier'");
        Assert.Equal(["default 0", "glacier 1"], await EmptiedAsync(catalogue));
        await catalogue.ImportAsync(CatalogDatabase.List("orders"), allowEmpty: true);
        Assert.Empty(await EmptiedAsync(catalogue));

        static CatalogRow Recent(int number) => Backup(number) with { Started = null, Finished = DateTimeOffset.UtcNow.AddHours(-number) };
    }

    [Fact]
    public async Task A_repository_that_cannot_be_read_or_never_had_one_is_not_emptied()
    {
        await using var catalogue = await CreateAsync();
        await ImportAsync(catalogue, WithoutRepo2(List("repo2_behind")));
        Assert.Equal(["repo1 0", "repo2 0"], await EmptiedAsync(catalogue));

        await ImportAsync(catalogue, List("repo2_behind"));
        await ImportAsync(catalogue, WithoutRepo2(List("repo2_behind")));
        await ImportAsync(catalogue, List("repo2_denied"));

        Assert.Equal(["repo1 0"], await EmptiedAsync(catalogue));
    }

    static async Task<IReadOnlyList<string>> EmptiedAsync(CatalogDatabase catalogue) =>
        [
            .. (await RunAsync(catalogue))
                .Where(sample => sample.Key.StartsWith("postgres_backup_storage_emptied{", StringComparison.Ordinal))
                .Select(sample => $"{sample.Key.Split("storage=\"")[1][..^2]} {sample.Value}")
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>What pgBackRest prints where the stanza of the second repository is there, and has no backup.</summary>
    static byte[] WithoutRepo2(byte[] list)
    {
        var json = JsonNode.Parse(list)!;
        var stanza = json[0]!;
        foreach (var backup in stanza["backup"]!.AsArray().Where(backup => (int)backup!["database"]!["repo-key"]! == 2).ToList())
            stanza["backup"]!.AsArray().Remove(backup);
        stanza["status"]!["code"] = 4;
        foreach (var repository in stanza["repo"]!.AsArray().Where(repository => (int)repository!["key"]! == 2))
            repository!["status"] = new JsonObject { ["code"] = 2, ["message"] = "no valid backups" };
        return System.Text.Encoding.UTF8.GetBytes(json.ToJsonString());
    }
}
