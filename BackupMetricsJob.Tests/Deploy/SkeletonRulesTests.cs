using System.Text.Json;
using BackupMetricsJob.Tests.Integration;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>
/// The rules of the skeleton that this project began from, unchanged and beside ours, on what a real run pushes: a base backup of
/// pghoard's, WAL of wal-g's.
/// </summary>
public sealed class SkeletonRulesTests
{
    [Fact]
    public async Task The_old_rules_and_ours_evaluate_without_error_and_agree()
    {
        var skeleton = await File.ReadAllTextAsync(Path.Combine(Repository.Tests, "Fixtures", "skeleton.rules.yml"));
        await using var monitoring = await Monitoring.StartAsync(moreRules: skeleton);
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        await HistoryFunction.InstallAsync(server);
        await server.SetAsync("archive_command", server.ArchiveCommand + " # wal-g wal-push %p");
        await server.BaseBackupAsync("pghoard_base_backup");
        await server.WaitForArchivedAsync(await server.SwitchWalAsync());

        var run = await BackupMetrics.RunAsync(
            "run",
            "--connection",
            server.ConnectionUri(),
            "--instance",
            "orders",
            "--gateway",
            monitoring.Gateway.Url
        );

        Assert.True(run.ExitCode == 0, run.Error);
        foreach (
            var (tool, type, metric) in new[]
            {
                ("pghoard", "basebackup", "pghoard_last_upload_age"),
                ("wal-g", "xlog", "walg_last_upload"),
            }
        )
        {
            var of = metric == "walg_last_upload" ? "site=\"\"" : "site!=\"\"";
            var ours = Assert.Single(
                await monitoring.Prometheus.WaitForAsync(
                    $"infra_federation:postgres_backup_last_upload{{tool=\"{tool}\",type=\"{type}\",{of}}}"
                )
            );
            var theirs = Assert.Single(
                await monitoring.Prometheus.WaitForAsync($"infra_federation:postgres_backup_last_upload{{tool=\"\",type=\"{type}\",{of}}}")
            );
            Assert.Equal(theirs.Value, ours.Value, TimeSpan.FromMinutes(2).TotalSeconds);
        }

        using var rules = JsonDocument.Parse(await monitoring.Prometheus.GetAsync("api/v1/rules"));
        var groups = rules.RootElement.GetProperty("data").GetProperty("groups").EnumerateArray().ToList();
        Assert.Equal(
            [
                "backup",
                "backup-metrics",
                "backup-metrics-limits",
                "backup-metrics-memory",
                "backup-metrics-probes",
                "backup-metrics-restore",
                "postgres_alerts",
            ],
            groups.Select(group => group.GetProperty("name").GetString()).Order(StringComparer.Ordinal)
        );
        foreach (var rule in groups.SelectMany(group => group.GetProperty("rules").EnumerateArray()))
            Assert.True(rule.GetProperty("health").GetString() == "ok", rule.ToString());
        Assert.DoesNotContain("level=warn", monitoring.Prometheus.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("level=error", monitoring.Prometheus.Log, StringComparison.Ordinal);
    }
}
