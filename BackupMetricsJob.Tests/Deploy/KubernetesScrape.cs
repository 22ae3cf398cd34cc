using System.Text.Json.Nodes;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>
/// A real Prometheus with the scrape configuration that the Prometheus operator makes of a ServiceMonitor or PodMonitor: what discovery
/// finds out of a pod becomes labels in the operator's way, and then come the monitor's own relabelings. Discovery itself is a file, which
/// <see cref="Discover"/> writes.
/// </summary>
internal sealed class KubernetesScrape : IAsyncDisposable
{
    readonly TempFolder _folder = new();
    readonly bool _ofService;
    PrometheusServer? _prometheus;

    KubernetesScrape(Manifest monitor) => _ofService = monitor.Kind == "ServiceMonitor";

    public PrometheusServer Prometheus => _prometheus!;

    /// <param name="monitor">Its first endpoint counts.</param>
    /// <param name="address">Where the pod is found at first.</param>
    public static async Task<KubernetesScrape> StartAsync(Manifest monitor, Uri address)
    {
        var scrape = new KubernetesScrape(monitor);
        try
        {
            scrape.Discover("first", address.Authority);
            var configuration = new JsonObject
            {
                ["global"] = new JsonObject { ["scrape_interval"] = "1s", ["evaluation_interval"] = "1s" },
                ["rule_files"] = new JsonArray("backup.rules.yml"),
                ["scrape_configs"] = new JsonArray(scrape.Configuration(monitor)),
            };
            scrape._prometheus = await PrometheusServer.StartAsync(
                configuration.ToJsonString(),
                ("backup.rules.yml", Monitoring.FastRules)
            );
            return scrape;
        }
        catch
        {
            await scrape.DisposeAsync();
            throw;
        }
    }

    /// <summary>From now on this pod is the only one.</summary>
    public void Discover(string pod, string address)
    {
        var labels = new JsonObject
        {
            ["__meta_kubernetes_namespace"] = "backups",
            ["__meta_kubernetes_pod_name"] = pod,
            ["__meta_kubernetes_pod_container_name"] = "container",
        };
        if (_ofService)
        {
            labels["__meta_kubernetes_service_name"] = "service";
            labels["__meta_kubernetes_endpoint_address_target_kind"] = "Pod";
            labels["__meta_kubernetes_endpoint_address_target_name"] = pod;
        }

        var groups = new JsonArray(new JsonObject { ["targets"] = new JsonArray(address), ["labels"] = labels });
        // Put in its place at once, as Prometheus wants it.
        File.Move(_folder.Write("targets.new", groups.ToJsonString()), _folder.File("targets.json"), overwrite: true);
    }

    public async ValueTask DisposeAsync()
    {
        if (_prometheus is not null)
            await _prometheus.DisposeAsync();
        _folder.Dispose();
    }

    JsonObject Configuration(Manifest monitor)
    {
        var endpoint = monitor.Spec![_ofService ? "endpoints" : "podMetricsEndpoints"]![0]!;
        var relabelings = new JsonArray();
        if (_ofService)
        {
            Relabel("__meta_kubernetes_endpoint_address_target_kind;__meta_kubernetes_endpoint_address_target_name", "pod", "Pod;(.*)");
            Relabel("__meta_kubernetes_service_name", "service");
        }

        Relabel("__meta_kubernetes_namespace", "namespace");
        Relabel("__meta_kubernetes_pod_name", "pod");
        Relabel("__meta_kubernetes_pod_container_name", "container");
        relabelings.Add(new JsonObject { ["target_label"] = "job", ["replacement"] = _ofService ? "service" : $"backups/{monitor.Name}" });
        relabelings.Add(new JsonObject { ["target_label"] = "endpoint", ["replacement"] = (string)endpoint["port"]! });
        foreach (var own in Own(endpoint["relabelings"]))
            relabelings.Add(own);

        return new JsonObject
        {
            ["job_name"] = $"{monitor.Kind}/backups/{monitor.Name}/0",
            ["honor_labels"] = (bool?)endpoint["honorLabels"] ?? false,
            ["file_sd_configs"] = new JsonArray(
                new JsonObject { ["files"] = new JsonArray(_folder.File("targets.json")), ["refresh_interval"] = "1s" }
            ),
            ["relabel_configs"] = relabelings,
            ["metric_relabel_configs"] = new JsonArray([.. Own(endpoint["metricRelabelings"])]),
        };

        void Relabel(string source, string target, string regex = "(.*)") =>
            relabelings.Add(
                new JsonObject
                {
                    ["source_labels"] = new JsonArray([.. source.Split(';').Select(name => (JsonNode)name)]),
                    ["separator"] = ";",
                    ["regex"] = regex,
                    ["target_label"] = target,
                }
            );
    }

    // The operator leaves an empty value out, so that it is Prometheus' default.
    static IEnumerable<JsonObject> Own(JsonNode? relabelings) =>
        (relabelings?.AsArray() ?? []).Select(relabeling => new JsonObject(
            relabeling!
                .AsObject()
                .Where(field => $"{field.Value}".Length > 0)
                .Select(field =>
                    KeyValuePair.Create(
                        field.Key switch
                        {
                            "sourceLabels" => "source_labels",
                            "targetLabel" => "target_label",
                            var same => same,
                        },
                        (JsonNode?)field.Value!.DeepClone()
                    )
                )
        ));
}
