using BackupMetricsJob.Catalog;
using BackupMetricsJob.Tests.Support;
using static BackupMetricsJob.Tests.Integration.CatalogDatabase;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>A server that is new to the catalogue may be a known one, mistyped: that is told once, and can be undone.</summary>
public sealed class CatalogNewServerTests
{
    [Fact]
    public async Task The_same_backups_under_another_name_are_told_at_the_first_import_only()
    {
        await using var catalogue = await CreateAsync();
        Assert.Empty((await catalogue.ImportAsync(Backup(1), Backup(2))).Notes);

        var first = await catalogue.ImportAsync(List("shop", Backup(1, "shop"), Backup(2, "shop"), Backup(3, "shop")));

        Assert.Null(first.Failure);
        Assert.Equal(
            [
                new ListingItem.Note(
                    "shop",
                    "the catalogue had no server of this name, and the same backups are known as those of \"orders\". If they are one "
                        + "server, use the name orders for it, and remove the new name: backup-metrics catalog forget --server shop"
                ),
            ],
            first.Notes
        );
        Assert.Empty((await catalogue.ImportAsync(List("shop", Backup(1, "shop"), Backup(2, "shop"), Backup(3, "shop")))).Notes);
    }

    /// <summary>wal-g calls the first backups of two servers alike; only what also finished in the same second is the same.</summary>
    [Fact]
    public async Task A_backup_of_the_same_name_alone_is_nothing()
    {
        await using var catalogue = await CreateAsync();
        await catalogue.ImportAsync(Backup(1));

        var later = Backup(1, "shop") with { Finished = Night.AddDays(1).AddHours(2) };

        Assert.Empty((await catalogue.ImportAsync(List("shop", later))).Notes);
    }

    [Fact]
    public async Task The_same_cluster_by_another_tool_is_told()
    {
        await using var catalogue = await CreateAsync();
        await catalogue.ImportAsync(Backup(1) with { SystemIdentifier = 1 });
        var other = Backup(5, "shop") with { Tool = "barman", SystemIdentifier = 1 };

        var result = await catalogue.ImportAsync(List("shop", other), "barman");

        Assert.Contains(
            "the same cluster, by its system identifier, is known as \"orders\" (wal-g)",
            Assert.Single(result.Notes).Text,
            StringComparison.Ordinal
        );
    }

    /// <summary>A mistyped stanza, for example: pgBackRest lists it, and says that it knows none of this name.</summary>
    [Theory]
    [InlineData("missing stanza path")]
    [InlineData(null)]
    public async Task A_new_server_without_any_backup_is_told_at_the_first_import_only(string? error)
    {
        await using var catalogue = await CreateAsync();
        await catalogue.ImportAsync(Backup(1));

        var first = await catalogue.ImportAsync([new ListingItem.CompleteServer("billing", error)]);

        Assert.Null(first.Failure);
        Assert.Equal(
            [
                new ListingItem.Note(
                    "billing",
                    "the catalogue had no server of this name, and has one now that has no backup: that is critical until it has one. "
                        + "If there is no such server, remove it: backup-metrics catalog forget --server billing"
                ),
            ],
            first.Notes
        );
        Assert.Empty((await catalogue.ImportAsync([new ListingItem.CompleteServer("billing", error)])).Notes);
    }

    [Theory]
    [InlineData("oders", true)]
    [InlineData("billing", false)]
    public async Task A_name_that_is_nearly_one_is_told_by_each_command_that_takes_it(string server, bool isTold)
    {
        await using var catalogue = await CreateAsync();
        await catalogue.ImportAsync(Backup(1));
        using var folder = new TempFolder();
        var list = folder.Write(
            "list.json",
            """[{"backup_name":"base_x","time":"2026-11-20T03:00:00Z","finish_time":"2026-11-20T03:00:00Z"}]"""
        );
        var wal = folder.Write("wal.txt", "1700000000 16777216 000000010000000000000001\n");

        foreach (
            var command in new[]
            {
                $"import wal-g {list} --quiet",
                $"import archive {wal}",
                "record --tool pg_dump --type logical --from-exit-code 0 --quiet",
            }
        )
        {
            var result = await BackupMetrics.RunAsync([.. command.Split(' '), "--server", server, "--connection", catalogue.Uri]);

            Assert.Equal(0, result.ExitCode);
            var told =
                $"warning: \"{server}\": the catalogue had no server of this name, and a server is known as \"orders\". If they are one";
            Assert.Equal(isTold, result.Error.Contains(told, StringComparison.Ordinal));
            var forgotten = await BackupMetrics.RunAsync("catalog", "forget", "--server", server, "--connection", catalogue.Uri);
            Assert.Equal(0, forgotten.ExitCode);
            Assert.Equal(
                ["orders"],
                await catalogue.Database.QueryAsync<string>(
                    """
                    SELECT server FROM backup_metrics.backup_catalog UNION SELECT server FROM backup_metrics.backup_source
                    UNION SELECT server FROM backup_metrics.archive_listing UNION SELECT server FROM backup_metrics.backup_count
                    """
                )
            );
        }
    }

    [Fact]
    public async Task What_is_forgotten_of_one_tool_leaves_the_others_and_the_counts_right()
    {
        await using var catalogue = await CreateAsync();
        await catalogue.ImportAsync(Backup(1), Backup(2));
        await catalogue.ImportAsync(Backup(2), Backup(3));
        foreach (var (tool, type) in new[] { ("t", "full"), ("wal-g", "restore_test"), ("wal-g", "wal") })
        {
            var record = $"record --server orders --tool {tool} --type {type} --id {type} --from-exit-code 0 --connection {catalogue.Uri}";
            Assert.Equal(0, (await BackupMetrics.RunAsync(record.Split(' '))).ExitCode);
        }

        var forgotten = await BackupMetrics.RunAsync([
            "catalog",
            "forget",
            "--server",
            "orders",
            "--tool",
            "wal-g",
            "--connection",
            catalogue.Uri,
        ]);
        var again = await BackupMetrics.RunAsync([
            "catalog",
            "forget",
            "--server",
            "orders",
            "--tool",
            "wal-g",
            "--connection",
            catalogue.Uri,
        ]);

        const string Removed = "2 backups, 1 restore test, 1 WAL segment, 1 backup that was gone already";
        Assert.Equal((0, $"removed what was known of \"orders\": {Removed}\n"), (forgotten.ExitCode, forgotten.Error));
        Assert.Equal(
            (65, "backup-metrics: catalog forget: the catalogue has nothing of a server \"orders\" by wal-g\n"),
            (again.ExitCode, again.Error)
        );
        var (kept, counted) = await catalogue.CountsAsync();
        Assert.Equal(["orders t full done 1"], kept);
        Assert.Equal(counted, kept);
    }

    [Fact]
    public async Task A_list_of_several_is_not_taken_for_a_server_that_is_none_of_them()
    {
        await using var catalogue = await CreateAsync();
        const string Stanzas = """
            [{"name":"a","backup":[],"db":[],"status":{"code":0,"message":"ok"}},{"name":"b","backup":[],"db":[],"status":{"code":0,"message":"ok"}}]
            """;

        var refused = await BackupMetrics.RunAsync(["import", "pgbackrest", "--server", "c", "--connection", catalogue.Uri], null, Stanzas);
        var named = await BackupMetrics.RunAsync(["import", "pgbackrest", "--server", "b", "--connection", catalogue.Uri], null, Stanzas);

        Assert.Equal(65, refused.ExitCode);
        Assert.StartsWith(
            "backup-metrics: import: pgbackrest lists a, b, but not c: leave --server away to import them by these names. "
                + "It gives another name where one server is listed alone\n",
            refused.Error,
            StringComparison.Ordinal
        );
        Assert.Equal(0, named.ExitCode);
        Assert.Equal(["a", "b"], await catalogue.Database.QueryAsync<string>("SELECT server FROM backup_metrics.backup_source ORDER BY 1"));
    }
}
