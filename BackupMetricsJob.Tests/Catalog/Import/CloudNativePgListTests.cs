using System.Text.Json.Nodes;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Catalog;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Catalog.Import;

/// <summary>
/// CloudNativePG's objects, at noon of 2026-11-22. No cluster made them: they were written by the operator's types, and hold against
/// objects.schema.json.
/// </summary>
public partial class CloudNativePgListTests
{
    const string Store = "barmanObjectStore";

    static readonly string File = Path.Combine(Repository.Tests, "Fixtures", "cloudnativepg", "objects.json");

    static JsonObject Document() => JsonNode.Parse(System.IO.File.ReadAllText(File))!.AsObject();

    static JsonNode Find(JsonObject document, string kind, string name) =>
        document["items"]!.AsArray().Single(item => (string)item!["kind"]! == kind && (string)item["metadata"]!["name"]! == name)!;

    static Task<List<ListingItem>> Read(JsonNode document, string? server = null) =>
        Reading.Of("cloudnativepg", document.ToJsonString(), Reading.Options(server));

    static async Task<string> Rows(JsonNode document) =>
        string.Join(
            '\n',
            (await Read(document)).OfType<ListingItem.Backup>().Select(backup => $"{backup.Row.BackupId} {backup.Row.Status}")
        );

    static async Task<string[]> Notes(JsonNode document) =>
        [.. (await Read(document)).OfType<ListingItem.Note>().Select(note => $"{note.OfServer}: {note.Text}")];

    [Fact]
    public async Task The_objects_are_as_the_schema_says()
    {
        var result = await ChildProcess.RunAsync(
            Tool.Find("node", "apt-get install nodejs"),
            [
                Path.Combine(Repository.Tests, "Configuration", "schema-verdicts.cjs"),
                Path.Combine(Repository.Tests, "Fixtures", "cloudnativepg", "objects.schema.json"),
            ],
            new()
            {
                Input =
                    string.Join('\n', Document()["items"]!.AsArray().Select(item => item!.ToJsonString())) + "\n{\"kind\":\"Backup\"}\n",
            }
        );
        var verdicts = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Equal(Document()["items"]!.AsArray().Count + 1, verdicts.Length);
        Assert.All(verdicts[..^1], verdict => Assert.Equal("true", verdict));
        Assert.NotEqual("true", verdicts[^1]);
    }

    [Fact]
    public async Task A_completed_backup_has_its_times_its_WAL_and_its_cluster()
    {
        var row = (await Read(Document()))
            .OfType<ListingItem.Backup>()
            .Single(backup => backup.Row.BackupId == "orders-20261122020000")
            .Row;

        Assert.Equal(
            new CatalogRow("prod/orders", "cloudnativepg", BackupType.Full, "orders-20261122020000", BackupStatus.Done)
            {
                Storage = Store,
                Started = Reading.Utc("2026-11-22T02:00:03"),
                Finished = Reading.Utc("2026-11-22T02:04:11"),
                StartLsn = 0x3C000028,
                StopLsn = 0x3C000158,
                StartWal = "00000002000000000000003C",
                StopWal = "00000002000000000000003C",
                Timeline = 2,
                PgVersionNumber = 170000,
                SystemIdentifier = 7575000000000000001,
                Raw = row.Raw,
            },
            row
        );
        Assert.Contains("\"backupId\":\"20261122T020003\"", row.Raw, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_failed_and_what_runs_is_told_with_the_operators_words()
    {
        var rows = (await Read(Document()))
            .OfType<ListingItem.Backup>()
            .Where(backup => backup.Row.Status != BackupStatus.Done)
            .Select(backup =>
                $"{backup.Row.BackupId} {backup.Row.Status} {backup.Row.Started:HH:mm:ss}-{backup.Row.Finished:HH:mm:ss} {backup.Row.Error}"
            );

        Assert.Equal(
            [
                "orders-20261122080000 Failed 08:00:01-08:00:09 can't execute backup: exit status 4",
                "orders-now Running 11:55:01- ",
                "snap-2 Running 03:00:00- ",
                "to-store Failed 09:00:01- WAL archiving fails: no backup is made until it works",
            ],
            rows
        );
    }

    [Fact]
    public async Task The_storage_is_the_method_or_the_plugin() =>
        Assert.Equal(
            ["barman-cloud.cloudnative-pg.io", Store, "volumeSnapshot"],
            (await Read(Document()))
                .OfType<ListingItem.Backup>()
                .Select(backup => backup.Row.Storage)
                .Distinct()
                .Order(StringComparer.Ordinal)
        );

    [Fact]
    public async Task Each_cluster_is_a_server_whose_list_is_complete_also_one_without_backups() =>
        Assert.Equal(
            [
                "dev/empty Cluster { SystemIdentifier = 7575000000000000004, PgVersionNumber = 180000 }",
                "dev/scratch Cluster { SystemIdentifier = 7575000000000000003, PgVersionNumber = 180000 }",
                "prod/billing Cluster { SystemIdentifier = 7575000000000000002, PgVersionNumber = 180000 }",
                "prod/orders Cluster { SystemIdentifier = 7575000000000000001, PgVersionNumber = 170000 }",
            ],
            (await Read(Document())).OfType<ListingItem.CompleteServer>().Select(server => $"{server.Name} {server.Error}{server.Cluster}")
        );

    [Fact]
    public async Task What_is_older_than_the_first_recoverability_point_is_gone()
    {
        var document = Document();
        Assert.DoesNotContain("orders-20261119020000", await Rows(document), StringComparison.Ordinal);
        Assert.Contains("orders-20261121020000 Done", await Rows(document), StringComparison.Ordinal);

        var status = Find(document, "Cluster", "orders")["status"]!;
        status["firstRecoverabilityPointByMethod"] = new JsonObject { [Store] = "2026-11-22T02:04:11Z" };
        Assert.DoesNotContain("orders-20261121020000", await Rows(document), StringComparison.Ordinal);
        Assert.Contains("orders-20261122020000 Done", await Rows(document), StringComparison.Ordinal);

        // Snapshots say nothing of an object store, and the store that is configured now nothing of one that was before.
        status["firstRecoverabilityPointByMethod"] = new JsonObject { ["volumeSnapshot"] = "2026-11-22T02:04:11Z" };
        Assert.Contains("orders-20261119020000 Done", await Rows(document), StringComparison.Ordinal);
        status["firstRecoverabilityPointByMethod"] = new JsonObject { [Store] = "2026-11-22T02:04:11Z" };
        foreach (var key in new[] { "destinationPath", "endpointURL", "serverName" })
        {
            var moved = document.DeepClone().AsObject();
            Find(moved, "Cluster", "orders")["spec"]!["backup"]![Store]![key] = "elsewhere";
            Assert.Contains("orders-20261119020000 Done", await Rows(moved), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_backup_from_before_initdb_is_of_another_cluster_and_one_from_before_a_recovery_is_not()
    {
        var document = Document();
        Assert.DoesNotContain("billing-20261030010000", await Rows(document), StringComparison.Ordinal);

        foreach (var bootstrap in new[] { "recovery", "pg_basebackup" })
        {
            Find(document, "Cluster", "billing")["spec"]!["bootstrap"] = new JsonObject
            {
                [bootstrap] = new JsonObject { ["source"] = "b" },
            };
            var row = (await Read(document))
                .OfType<ListingItem.Backup>()
                .Single(backup => backup.Row.BackupId == "billing-20261030010000")
                .Row;
            Assert.Null(row.SystemIdentifier);
        }
    }

    [Fact]
    public async Task A_backup_of_another_major_version_is_not_given_the_clusters_identifier()
    {
        var document = Document();
        Find(document, "Backup", "orders-20261122020000")["status"]!["majorVersion"] = 16;

        var row = (await Read(document)).OfType<ListingItem.Backup>().Single(backup => backup.Row.BackupId == "orders-20261122020000").Row;

        Assert.Equal((null, 160000), (row.SystemIdentifier, row.PgVersionNumber));
    }

    [Fact]
    public async Task A_schedule_that_makes_no_backups_is_worth_a_word()
    {
        Assert.Equal(
            [
                "prod/billing: the ScheduledBackup billing is suspended: it makes no backups",
                "dev/scratch: the ScheduledBackup hourly was to make a backup at 2026-11-21 02:00:00 UTC, and has never made one: "
                    + "does the operator run?",
            ],
            await Notes(Document())
        );

        var document = Document();
        Find(document, "ScheduledBackup", "billing")["spec"]!["suspend"] = false;
        Find(document, "ScheduledBackup", "hourly")["status"]!["error"] = "no such\nmethod";
        Find(document, "ScheduledBackup", "nightly")["status"]!["nextScheduleTime"] = "2026-11-22T10:00:00Z";
        Assert.Equal(
            [
                "prod/orders: the ScheduledBackup nightly was to make a backup at 2026-11-22 10:00:00 UTC, "
                    + "and last made one at 2026-11-22 02:00:00 UTC: does the operator run?",
                "prod/billing: the ScheduledBackup billing was to make a backup at 2026-11-01 10:00:00 UTC, "
                    + "and last made one at 2026-11-22 01:00:00 UTC: does the operator run?",
                "dev/scratch: the ScheduledBackup hourly is refused by the operator: no such method",
            ],
            await Notes(document)
        );
    }

    [Fact]
    public async Task What_is_begun_for_three_days_was_killed()
    {
        var document = Document();
        Find(document, "Backup", "snap-2")["metadata"]!["creationTimestamp"] = "2026-11-19T11:59:00Z";
        Find(document, "Cluster", "scratch")["metadata"]!["creationTimestamp"] = "2026-11-01T00:00:00Z";

        var row = (await Read(document)).OfType<ListingItem.Backup>().Single(backup => backup.Row.BackupId == "snap-2").Row;

        Assert.Equal((BackupStatus.Failed, "it has been pending for three days: nobody will end it"), (row.Status, row.Error));
    }

    [Fact]
    public async Task Backups_outlive_their_Cluster_and_that_is_said()
    {
        var document = Document();
        document["items"]!.AsArray().Remove(Find(document, "Cluster", "orders"));

        Assert.Contains("orders-20261119020000 Done", await Rows(document), StringComparison.Ordinal);
        Assert.Contains(
            "prod/orders: its Cluster no longer exists, so nobody looks whether what its Backup objects name is still stored",
            await Notes(document)
        );
    }

    [Fact]
    public async Task One_object_says_nothing_of_the_others()
    {
        var items = await Read(Find(Document(), "Backup", "orders-20261122020000"));

        Assert.Equal("prod/orders", Assert.Single(items.OfType<ListingItem.Backup>()).Row.Server);
        Assert.Empty(items.OfType<ListingItem.CompleteServer>());
    }

    [Fact]
    public async Task Server_renames_one_cluster_and_does_not_make_one_of_four()
    {
        Assert.Equal(
            "4 clusters are listed here, dev/empty and dev/scratch among them: --server can give another name to one only",
            (await Assert.ThrowsAsync<ListingException>(() => Read(Document(), "eu1"))).Message
        );
        var one = Document();
        foreach (var item in one["items"]!.AsArray().Where(item => (string)item!["metadata"]!["namespace"]! != "prod").ToList())
            one["items"]!.AsArray().Remove(item);
        foreach (var name in new[] { "billing-20261030010000", "billing-20261122010000" })
            one["items"]!.AsArray().Remove(Find(one, "Backup", name));
        one["items"]!.AsArray().Remove(Find(one, "Cluster", "billing"));
        one["items"]!.AsArray().Remove(Find(one, "ScheduledBackup", "billing"));

        var items = await Read(one, "eu1");

        Assert.All(items.OfType<ListingItem.Backup>(), backup => Assert.Equal("eu1", backup.Row.Server));
        Assert.Equal("eu1", Assert.Single(items.OfType<ListingItem.CompleteServer>()).Name);
        Assert.DoesNotContain(items.OfType<ListingItem.Backup>(), backup => backup.Row.BackupId == "orders-20261119020000");
    }
}
