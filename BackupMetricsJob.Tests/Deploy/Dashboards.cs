using System.Text.Json.Nodes;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>One query of a panel, and where it stands.</summary>
internal sealed record PanelQuery(string Dashboard, string Panel, string RefId, string Expression)
{
    public override string ToString() => $"{Dashboard}, \"{Panel}\", {RefId}: {Expression}";
}

/// <summary>The dashboards of deploy/grafana as Grafana reads them, and what a Prometheus answers to their panels.</summary>
internal static class Dashboards
{
    static readonly string Folder = Path.Combine(Repository.Root, "deploy", "grafana", "dashboards");

    public static IReadOnlyList<string> Files { get; } = [.. Directory.GetFiles(Folder, "*.json").Order(StringComparer.Ordinal)];

    public static IEnumerable<JsonNode> Panels(JsonNode dashboard) => dashboard["panels"]!.AsArray().Select(panel => panel!);

    public static IReadOnlyList<PanelQuery> Queries(string json)
    {
        var dashboard = JsonNode.Parse(json)!;
        var found = new List<PanelQuery>();
        foreach (var panel in Panels(dashboard))
        {
            foreach (var target in panel["targets"]?.AsArray() ?? [])
                found.Add(new((string)dashboard["title"]!, (string)panel["title"]!, (string)target!["refId"]!, (string)target["expr"]!));
        }

        return found;
    }

    /// <summary>A query of a panel.</summary>
    public static string Expression(string dashboard, string panel, string refId = "A") =>
        Queries(File.ReadAllText(Files.Single(file => file.EndsWith(dashboard + ".json", StringComparison.Ordinal))))
            .Single(query => query.Panel == panel && query.RefId == refId)
            .Expression;

    /// <summary>Asks each query for each instance until one has an answer; returns those that fail, or that stay without.</summary>
    public static async Task<IReadOnlyList<string>> WithoutAnswerAsync(
        PrometheusServer prometheus,
        IReadOnlyList<PanelQuery> queries,
        TimeSpan deadline
    )
    {
        var left = queries.ToList();
        var why = new Dictionary<PanelQuery, string>();
        try
        {
            await Wait.ForAsync(
                "answers",
                async () =>
                {
                    foreach (var query in left.ToList())
                    {
                        foreach (var instance in WatchedFleet.Instances)
                        {
                            if (await AnswersAsync(prometheus, query, instance, why) && left.Remove(query))
                                break;
                        }
                    }

                    return left.Count == 0;
                },
                deadline
            );
        }
        catch (TimeoutException)
        {
            // What is left is the answer.
        }

        return [.. left.Select(query => $"{query}\n  {why[query]}")];
    }

    public static string Filled(string expression, string instance) =>
        expression
            .Replace("$__rate_interval", "1m", StringComparison.Ordinal)
            .Replace("$instance", instance, StringComparison.Ordinal)
            .Replace("$job", "backup_metrics", StringComparison.Ordinal)
            .Replace("$run", ".*", StringComparison.Ordinal)
            .Replace("$cluster", ".*", StringComparison.Ordinal)
            .Replace("$namespace", ".*", StringComparison.Ordinal);

    static async Task<bool> AnswersAsync(PrometheusServer prometheus, PanelQuery query, string instance, Dictionary<PanelQuery, string> why)
    {
        try
        {
            why[query] = "no sample";
            return (await prometheus.QueryAsync(Filled(query.Expression, instance))).Count > 0;
        }
        catch (InvalidOperationException failure)
        {
            why[query] = failure.Message;
            return false;
        }
    }
}
