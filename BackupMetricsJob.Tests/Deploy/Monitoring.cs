using System.Text.RegularExpressions;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>
/// A real Pushgateway, and a real Prometheus with the files of deploy/prometheus, changed in nothing but addresses and times: what takes
/// minutes or hours there takes a second here.
/// </summary>
internal sealed partial class Monitoring : IAsyncDisposable
{
    PushgatewayServer? _gateway;
    PrometheusServer? _prometheus;

    Monitoring() { }

    /// <summary>The rules, which here take a second where they take minutes or hours.</summary>
    public static string FastRules { get; } = Interval().Replace(For().Replace(Of("backup.rules.yml"), "for: 1s"), "interval: 1s");

    public PushgatewayServer Gateway => _gateway!;

    public PrometheusServer Prometheus => _prometheus!;

    /// <param name="alertmanager">Host and port; null: nobody is notified.</param>
    /// <param name="moreRules">A further file of rules, unchanged.</param>
    public static async Task<Monitoring> StartAsync(string? alertmanager = null, string? moreRules = null)
    {
        var monitoring = new Monitoring();
        try
        {
            monitoring._gateway = await PushgatewayServer.StartAsync();
            var configuration = Of("prometheus.yml")
                .Replace("'pushgateway:9091'", $"'{new Uri(monitoring.Gateway.Url).Authority}'", StringComparison.Ordinal)
                .Replace("'alertmanager:9093'", alertmanager is null ? "" : $"'{alertmanager}'", StringComparison.Ordinal)
                .Replace("_interval: 1m", "_interval: 1s", StringComparison.Ordinal)
                .Replace(
                    "- backup.rules.yml",
                    moreRules is null ? "- backup.rules.yml" : "- backup.rules.yml\n- more.rules.yml",
                    StringComparison.Ordinal
                );
            monitoring._prometheus = await PrometheusServer.StartAsync(
                configuration,
                ("backup.rules.yml", FastRules),
                ("more.rules.yml", moreRules ?? "")
            );
            return monitoring;
        }
        catch
        {
            await monitoring.DisposeAsync();
            throw;
        }
    }

    /// <summary>deploy/prometheus/alertmanager.yml with this webhook, which is told at once.</summary>
    public static string AlertmanagerConfiguration(string webhook) =>
        Of("alertmanager.yml")
            .Replace("http://webhook.example:8080", webhook, StringComparison.Ordinal)
            .Replace("group_wait: 30s", "group_wait: 3s", StringComparison.Ordinal)
            .Replace("group_interval: 5m", "group_interval: 1s", StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        if (_prometheus is not null)
            await _prometheus.DisposeAsync();
        if (_gateway is not null)
            await _gateway.DisposeAsync();
    }

    static string Of(string file) => File.ReadAllText(Path.Combine(DeployFiles.Prometheus, file));

    [GeneratedRegex(@"\bfor: \d+[mh]\b")]
    private static partial Regex For();

    [GeneratedRegex(@"\binterval: \d+m\b")]
    private static partial Regex Interval();
}
