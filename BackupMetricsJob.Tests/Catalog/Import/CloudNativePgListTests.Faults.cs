using BackupMetricsJob.Catalog;

namespace BackupMetricsJob.Tests.Catalog.Import;

/// <summary>What is none of CloudNativePG's objects, and objects that cannot be read.</summary>
public partial class CloudNativePgListTests
{
    [Fact]
    public async Task One_bad_object_keeps_the_others_in()
    {
        var document = Document();
        Find(document, "Backup", "orders-20261121020000")["status"]!["phase"] = "Succeeded";
        Find(document, "Backup", "orders-20261122020000")["status"]!.AsObject().Remove("stoppedAt");
        Find(document, "Backup", "orders-20261122020000")["status"]!.AsObject().Remove("reconciliationTerminatedAt");
        Find(document, "Backup", "orders-20261122080000")["status"]!["reconciliationTerminatedAt"] = "2027-01-01T00:00:00Z";
        Find(document, "ScheduledBackup", "nightly")["status"]!["nextScheduleTime"] = "soon";
        Find(document, "Cluster", "orders")["status"]!["systemID"] = "unknown";

        var items = await Read(document);

        Assert.Equal(
            [
                "prod/orders orders-20261121020000 $.items[1].status.phase: pending, started, running, finalizing, completed, "
                    + "failed, walArchivingFailing or invalid backup definition is expected here, not \"Succeeded\"",
                "prod/orders orders-20261122020000 $.items[2].status.stoppedAt: the finish time is missing",
                "prod/orders orders-20261122080000 $.items[3].status.reconciliationTerminatedAt: the time "
                    + "2027-01-01T00:00:00Z is in the future: it is 2026-11-22T12:00:00Z now. Is a clock or a time zone wrong?",
            ],
            items.OfType<ListingItem.Skipped>().Select(skipped => $"{skipped.OfServer} {skipped.BackupId} {skipped.Problem}")
        );
        Assert.Contains(items.OfType<ListingItem.Backup>(), backup => backup.Row.BackupId == "orders-now");
        Assert.Null(items.OfType<ListingItem.CompleteServer>().Single(server => server.Name == "prod/orders").Cluster);
        Assert.Contains(
            items.OfType<ListingItem.Note>(),
            note => note.Text.StartsWith("the ScheduledBackup nightly cannot be read", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("velero.io/v1", "Backup")]
    [InlineData("cluster.x-k8s.io/v1beta1", "Cluster")]
    public async Task Objects_of_others_are_refused_with_the_full_names(string api, string kind) =>
        Assert.Equal(
            $"$.items[0]: {kind} of {api} is none of CloudNativePG's: write the names in full, `kubectl get "
                + "backups.postgresql.cnpg.io,scheduledbackups.postgresql.cnpg.io,clusters.postgresql.cnpg.io -A -o json`",
            await Reading.Refusal(
                "cloudnativepg",
                $$"""{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"{{api}}","kind":"{{kind}}"}]}"""
            )
        );

    [Fact]
    public async Task What_is_no_object_of_Kubernetes_is_refused()
    {
        Assert.StartsWith(
            "$.items[0]: an object of Kubernetes has a kind and an apiVersion: that of `kubectl get ",
            await Reading.Refusal("cloudnativepg", """{"items":[{"name":"x"}]}"""),
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "this is what wal-g prints, not cloudnativepg: use `import wal-g` ($: an object, as `kubectl get ",
            await Reading.Refusal("cloudnativepg", Reading.Fixture("walg/backup_list_detail.json")),
            StringComparison.Ordinal
        );
    }
}
