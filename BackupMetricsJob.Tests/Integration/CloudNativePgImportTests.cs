using System.Globalization;
using BackupMetricsJob.Tests.Catalog.Import;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>`import cloudnativepg` from objects to metrics, as they change.</summary>
public sealed class CloudNativePgImportTests
{
    /// <summary>The fixture as of now: noon of its day is five minutes before now.</summary>
    static string Objects()
    {
        var text = Reading.Fixture("cloudnativepg/objects.json");
        var shift = DateTimeOffset.UtcNow.AddMinutes(-5) - Reading.Noon;
        return System.Text.RegularExpressions.Regex.Replace(
            text,
            "\"(20[0-9-]{8}T[0-9:]{8}Z)\"",
            match =>
                (DateTimeOffset.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) + shift).ToString(
                    "'\"'yyyy-MM-ddTHH:mm:ss'Z\"'",
                    CultureInfo.InvariantCulture
                )
        );
    }

    static Task<ProcessResult> ImportAsync(CatalogDatabase catalogue, string objects, params string[] more) =>
        BackupMetrics.RunAsync(["import", "cloudnativepg", "--connection", catalogue.Uri, .. more], null, objects);

    [Fact]
    public async Task Each_cluster_is_an_instance_with_what_the_operator_says()
    {
        await using var catalogue = await CatalogDatabase.CreateAsync();
        var objects = Objects();

        var first = await ImportAsync(catalogue, objects);
        var second = await ImportAsync(catalogue, objects);

        Assert.Equal((0, 0), (first.ExitCode, second.ExitCode));
        var lines = first.Error.Split('\n');
        Assert.Equal("warning: \"prod/billing\": the ScheduledBackup billing is suspended: it makes no backups", lines[0]);
        Assert.StartsWith(
            "warning: \"dev/scratch\": the ScheduledBackup hourly was to make a backup at ",
            lines[1],
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "warning: \"dev/empty\": the catalogue had no server of this name, and has one now that has no backup",
            lines[2],
            StringComparison.Ordinal
        );
        Assert.Equal("cloudnativepg: 8 new, 0 changed, 0 gone, 0 unchanged (4 servers)", lines[3]);
        Assert.Contains("cloudnativepg: 0 new, 0 changed, 0 gone, 8 unchanged (4 servers)", second.Error, StringComparison.Ordinal);
        var run = await BackupMetrics.RunAsync(
            "run",
            "--dry-run",
            "--source",
            "catalog",
            "--connection",
            catalogue.Uri,
            "--server",
            "prod/*"
        );
        foreach (
            var series in new[]
            {
                "postgres_backups{instance=\"prod/orders\",source=\"catalog\",tool=\"cloudnativepg\",type=\"full\",state=\"done\"} 2",
                "postgres_backups{instance=\"prod/orders\",source=\"catalog\",tool=\"cloudnativepg\",type=\"full\",state=\"failed\"} 1",
                "postgres_backups{instance=\"prod/orders\",source=\"catalog\",tool=\"cloudnativepg\",type=\"full\",state=\"running\"} 1",
                "postgres_backup_last_duration_seconds{instance=\"prod/orders\",source=\"catalog\","
                    + "tool=\"cloudnativepg\",type=\"full\"} 248",
                "postgres_backups{instance=\"prod/billing\",source=\"catalog\",tool=\"cloudnativepg\",type=\"full\",state=\"done\"} 1",
            }
        )
            Assert.Contains(series + "\n", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("instance=\"dev/", run.Output, StringComparison.Ordinal);
        Assert.Equal(
            [
                "dev/empty 7575000000000000004",
                "dev/scratch 7575000000000000003",
                "prod/billing 7575000000000000002",
                "prod/orders 7575000000000000001",
            ],
            await catalogue.Database.QueryAsync<string>(
                "SELECT concat_ws(' ', server, system_identifier) FROM backup_metrics.backup_source ORDER BY 1"
            )
        );
    }

    [Fact]
    public async Task What_the_operator_no_longer_finds_is_gone_and_another_Kubernetes_is_refused()
    {
        await using var catalogue = await CatalogDatabase.CreateAsync();
        var objects = Objects();
        await ImportAsync(catalogue, objects.Replace("firstRecoverabilityPointByMethod", "unknown", StringComparison.Ordinal));

        var found = await ImportAsync(catalogue, objects);
        var other = await ImportAsync(catalogue, objects.Replace("\"757500000000000000", "\"757600000000000000", StringComparison.Ordinal));

        Assert.Contains("cloudnativepg: 0 new, 0 changed, 1 gone, 8 unchanged (4 servers)", found.Error, StringComparison.Ordinal);
        Assert.Equal(
            ["orders-20261119020000"],
            await catalogue.Database.QueryAsync<string>("SELECT backup_id FROM backup_metrics.backup_catalog WHERE deleted_at IS NOT NULL")
        );
        Assert.Equal(65, other.ExitCode);
        Assert.Contains("from the cluster with system identifier 757600000000000000", other.Error, StringComparison.Ordinal);
    }
}
