using System.Text.Json;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>
/// From a broken archiver to the webhook of the person on call, and back: PostgreSQL, the command, Pushgateway, Prometheus and
/// Alertmanager, all real.
/// </summary>
public sealed class NotificationTests
{
    [Fact]
    public async Task What_breaks_on_a_server_reaches_the_webhook_and_so_does_its_end()
    {
        await using var webhook = new StubPushgateway(StubPushgateway.Status(200));
        await using var alertmanager = await AlertmanagerServer.StartAsync(Monitoring.AlertmanagerConfiguration(webhook.Url));
        await using var monitoring = await Monitoring.StartAsync(alertmanager.Address);
        await using var server = await PostgresServer.StartAsync(
            new() { Archiving = true, Settings = { ["archive_command"] = "/bin/false" } }
        );
        var segment = await server.SwitchWalAsync();
        await server.WaitForAsync("a failure of the archiver", "SELECT failed_count > 0 FROM pg_stat_archiver");
        await RunAsync(server, monitoring);
        // One probe may be chance: the next one makes it critical.
        await monitoring.Prometheus.WaitForAsync("backup_metrics:probe_fault_since_timestamp_seconds");
        await RunAsync(server, monitoring);

        var fired = await NotificationAsync(webhook, "/on-call", "WalArchiverFailing", "firing", () => alertmanager.Log);

        Assert.Equal("orders: WAL archiving has never worked", fired.GetProperty("annotations").GetProperty("summary").GetString());
        Assert.Equal(
            "https://github.com/backup-metrics/backup-metrics/blob/main/docs/alerts.md#walarchiverfailing",
            fired.GetProperty("annotations").GetProperty("runbook_url").GetString()
        );
        var labels = fired.GetProperty("labels");
        Assert.Equal(
            ("backup_metrics", "orders", "critical", "payments"),
            (Label(labels, "job"), Label(labels, "instance"), Label(labels, "severity"), Label(labels, "team"))
        );
        // The database is new.
        var never = await NotificationAsync(webhook, "/office-hours", "BackupNeverMade", "firing", () => alertmanager.Log);
        Assert.Equal("warning", Label(never.GetProperty("labels"), "severity"));

        await server.SetAsync("archive_command", server.ArchiveCommand);
        await server.WaitForArchivedAsync(segment);
        await server.BaseBackupAsync();
        await server.WaitForArchivedAsync(await server.SwitchWalAsync());
        await RunAsync(server, monitoring);

        await NotificationAsync(webhook, "/on-call", "WalArchiverFailing", "resolved", () => alertmanager.Log);
        await NotificationAsync(webhook, "/office-hours", "BackupNeverMade", "resolved", () => alertmanager.Log);
        Assert.DoesNotContain(
            webhook.Requests,
            request => request.Path == "/on-call" && request.Text.Contains("BackupNeverMade", StringComparison.Ordinal)
        );
        Assert.Empty(await monitoring.Prometheus.QueryAsync("ALERTS"));
    }

    static async Task RunAsync(PostgresServer server, Monitoring monitoring)
    {
        var run = await BackupMetrics.RunAsync(
            "run",
            "--connection",
            server.ConnectionUri(),
            "--instance",
            "orders",
            "--label",
            "team=payments",
            "--interval",
            "5m",
            // Its function is not installed, and without it every run would warn.
            "--without",
            "label",
            "--gateway",
            monitoring.Gateway.Url
        );
        Assert.True(run.ExitCode == 0, run.Error);
    }

    static string? Label(JsonElement labels, string name) => labels.GetProperty(name).GetString();

    static async Task<JsonElement> NotificationAsync(StubPushgateway webhook, string path, string alert, string status, Func<string> log)
    {
        JsonElement? found = null;
        await Wait.ForAsync(
            $"{status} {alert} at the webhook",
            () => (found = Find()) is not null,
            state: () => log() + string.Join('\n', webhook.Requests.Select(request => request.Text))
        );
        return found!.Value;

        JsonElement? Find()
        {
            foreach (var request in webhook.Requests.Where(request => request.Path == path))
            {
                foreach (var told in JsonDocument.Parse(request.Text).RootElement.GetProperty("alerts").EnumerateArray())
                {
                    if (Label(told.GetProperty("labels"), "alertname") == alert && told.GetProperty("status").GetString() == status)
                        return told;
                }
            }

            return null;
        }
    }
}
