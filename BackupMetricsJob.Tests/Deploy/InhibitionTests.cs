using System.Text;
using System.Text.Json;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>What a real Alertmanager with the shipped configuration keeps quiet, because another alert says it: and nothing else.</summary>
public sealed class InhibitionTests
{
    // Each alert, and whether another one of these inhibits it.
    static readonly (string Labels, bool IsInhibited)[] Alerts =
    [
        ("alertname=LastBackup severity=critical job=a instance=orders type=base", false),
        ("alertname=LastBackup severity=warning job=a instance=orders type=base", true),
        ("alertname=LastBackup severity=warning job=a instance=orders type=base env=prod", false),
        ("alertname=LastBackup severity=warning job=a instance=stock type=base", false),
        ("alertname=WalArchiverFailing severity=critical job=a instance=stuck state=failing", false),
        ("alertname=LastWalArchive severity=critical job=a instance=stuck type=wal", true),
        ("alertname=LastWalArchive severity=warning job=a instance=stuck type=wal", true),
        ("alertname=RecoveryPointTooOld severity=critical job=a instance=stuck type=wal", true),
        ("alertname=RecoveryPointTooOld severity=critical job=a instance=stuck type=wal cluster=us", false),
        ("alertname=LastWalArchive severity=critical job=a instance=slow type=wal", false),
        ("alertname=RecoveryPointTooOld severity=critical job=a instance=slow type=wal", true),
        ("alertname=WalArchiveHole severity=critical job=a instance=hole", false),
        ("alertname=RecoveryPointTooOld severity=critical job=a instance=hole type=wal", true),
        ("alertname=PushgatewayDown severity=critical job=pushgateway instance=gw:9091 cluster=eu", false),
        ("alertname=BackupMetricsAbsent severity=critical job=a cluster=eu", true),
        ("alertname=BackupMetricsAbsent severity=critical job=a cluster=us", false),
        ("alertname=BackupTargetDown severity=critical job=a instance=down", false),
        ("alertname=BackupJobFailed severity=warning job=a", true),
        ("alertname=BackupJobFailed severity=warning job=b", false),
    ];

    [Fact]
    public async Task One_fault_is_one_page_and_no_other_cluster_or_database_is_silenced_by_it()
    {
        await using var alertmanager = await AlertmanagerServer.StartAsync(Monitoring.AlertmanagerConfiguration("http://127.0.0.1:9"));
        using var client = new HttpClient { BaseAddress = new($"http://{alertmanager.Address}/api/v2/") };
        var body = JsonSerializer.Serialize(Alerts.Select(alert => new { labels = Labels(alert.Labels) }));
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri("alerts", UriKind.Relative), content);
        answer.EnsureSuccessStatusCode();

        // Alertmanager judges an alert when it notifies of its group: group_wait is 3 s in this configuration.
        var expected = Alerts
            .Where(alert => alert.IsInhibited)
            .Select(alert => Text(Labels(alert.Labels)))
            .Order(StringComparer.Ordinal)
            .ToList();
        List<string> inhibited = [];
        await Wait.ForAsync(
            "the inhibited alerts",
            async () => (inhibited = await InhibitedAsync(client)).SequenceEqual(expected),
            state: () => $"expected {string.Join("; ", expected)}\ngot {string.Join("; ", inhibited)}"
        );
    }

    static async Task<List<string>> InhibitedAsync(HttpClient client)
    {
        using var alerts = JsonDocument.Parse(await client.GetStringAsync(new Uri("alerts", UriKind.Relative)));
        return
        [
            .. alerts
                .RootElement.EnumerateArray()
                .Where(alert => alert.GetProperty("status").GetProperty("inhibitedBy").GetArrayLength() > 0)
                .Select(alert => alert.GetProperty("labels").EnumerateObject())
                .Select(labels => Text(labels.ToDictionary(label => label.Name, label => label.Value.GetString()!)))
                .Order(StringComparer.Ordinal),
        ];
    }

    static Dictionary<string, string> Labels(string text) =>
        text.Split(' ').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);

    static string Text(Dictionary<string, string> labels) =>
        string.Join(' ', labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}"));
}
