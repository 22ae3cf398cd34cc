using System.Text.Json.Nodes;

namespace BackupMetricsJob.Tests.Deploy;

// Who is meant by a selector, and what a policy lets through.
internal sealed partial class KubernetesRules
{
    void Selectors(Manifest manifest)
    {
        var spec = manifest.Spec;
        var templates = _all.Select(other => other.PodTemplate).OfType<JsonNode>().ToList();
        switch (manifest.Kind)
        {
            case "Deployment":
                if (!Matches(spec!["selector"]!["matchLabels"], spec["template"]))
                    Say(manifest, "its selector does not match its own pods");
                break;
            case "Service":
                foreach (var port in Items(spec!["ports"]))
                {
                    if (
                        !templates.Exists(template =>
                            Matches(spec["selector"], template) && Ports(template).Contains($"{port["targetPort"]}")
                        )
                    )
                        Say(manifest, $"no pod that it selects has a port {port["targetPort"]}");
                }

                break;
            case "ServiceMonitor":
                foreach (var endpoint in Items(spec!["endpoints"]))
                {
                    if (
                        !_all.Any(other =>
                            other.Kind == "Service"
                            && Matches(spec["selector"]!["matchLabels"], other.Document)
                            && Items(other.Spec!["ports"]).Any(port => (string?)port["name"] == (string?)endpoint["port"])
                        )
                    )
                        Say(manifest, $"no Service that it selects has a port {endpoint["port"]}");
                }

                break;
            case "PodMonitor":
                foreach (var endpoint in Items(spec!["podMetricsEndpoints"]))
                {
                    if (
                        !templates.Exists(template =>
                            Matches(spec["selector"]!["matchLabels"], template) && Ports(template).Contains($"{endpoint["port"]}")
                        )
                    )
                        Say(manifest, $"no pod that it selects has a port {endpoint["port"]}");
                }

                break;
            case "NetworkPolicy":
                Policy(manifest, templates);
                break;
            default:
                break;
        }

        if (
            manifest.Document["metadata"]!["labels"]?["prometheus_port"] is { } rancher
            && Items(spec?["ports"]).All(port => $"{port["port"]}" != (string?)rancher)
        )
            Say(manifest, $"it has no port {rancher}, as prometheus_port says");
    }

    void Policy(Manifest manifest, List<JsonNode> templates)
    {
        if (!templates.Exists(template => Matches(manifest.Spec!["podSelector"]!["matchLabels"], template)))
            Say(manifest, "it selects no pod");
        foreach (var rule in Items(manifest.Spec!["egress"]))
        {
            foreach (var labels in Items(rule["to"]).Select(peer => peer["podSelector"]?["matchLabels"]))
            {
                if (
                    !templates.Exists(template =>
                        Matches(labels, template) && Items(rule["ports"]).All(port => Ports(template).Contains($"{port["port"]}"))
                    )
                )
                    Say(manifest, "egress to pods that do not exist, or have no such port");
            }
        }

        foreach (var port in Items(manifest.Spec["ingress"]).SelectMany(rule => Items(rule["ports"])))
        {
            if (
                !templates.Exists(template =>
                    Matches(manifest.Spec["podSelector"]!["matchLabels"], template) && Ports(template).Contains($"{port["port"]}")
                )
            )
                Say(manifest, $"ingress to port {port["port"]}, which its pods do not have");
        }
    }
}
