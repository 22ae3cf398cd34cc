using System.Text;

namespace BackupMetricsJob.Pushgateway.Api;

/// <summary>
/// Finds the groups that make a gateway refuse our push, and advises how to remove them. It never deletes them: they belong to others.
/// Returns no advice if it finds nothing.
/// </summary>
internal sealed class ConflictFinder(Gateway gateway, GroupingKey ours, TimeProvider clock)
{
    const int MaxGroups = 3;
    const int MaxAdvice = 4000;

    static readonly TimeSpan MaxSearch = TimeSpan.FromSeconds(5);

    readonly GatewayApi _api = new(gateway, clock);

    /// <param name="left">The remaining time. The search takes at most a few seconds.</param>
    public static async Task<string?> AdviceAsync(
        PushOutcome refused,
        Gateway gateway,
        GroupingKey ours,
        TimeSpan left,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        if (refused is not { Result: PushResult.Refused, Status: 400 })
            return null;
        var errors = ConsistencyError.Read(refused.Answer);
        if (errors.Count == 0)
            return null;
        var timeout = TimeSpan.FromTicks(Math.Clamp(left.Ticks, 1, MaxSearch.Ticks));
        var finder = new ConflictFinder(gateway with { AttemptTimeout = timeout }, ours, clock);
        var advice = errors.Any(error => error.Kind == ConsistencyErrorKind.NotUtf8)
            ? await finder.AdviceOnInvalidUtf8Async(errors, cancellationToken)
            : await finder.AdviceOnConflictAsync(errors[0], cancellationToken);
        return advice is { Length: <= MaxAdvice } ? PlainText.OnOneLine(advice, MaxAdvice) : null;
    }

    async Task<string?> AdviceOnInvalidUtf8Async(IReadOnlyList<ConsistencyError> errors, CancellationToken cancellationToken)
    {
        var groups = (await _api.GroupsAsync(null, cancellationToken)).Value?.All;
        var conflicting = new List<IReadOnlyList<(string Name, byte[] Value)>>();
        foreach (var error in errors)
        {
            if (error.Kind != ConsistencyErrorKind.NotUtf8)
                continue;
            var labels = groups is null ? LabelsFromMessage(error) : LabelsFromGroups(error, groups);
            if (labels is not null && !conflicting.Exists(known => GroupLabels.ToPath(known) == GroupLabels.ToPath(labels)))
                conflicting.Add(labels);
        }

        if (conflicting.Count == 0)
            return null;
        var says =
            conflicting.Count == 1
                ? $"the group {Named(conflicting)} of another job has a label that is not UTF-8: "
                    + "the gateway refuses every push until it is deleted"
                : $"the groups {Named(conflicting)} of other jobs have labels that are not UTF-8: "
                    + "the gateway refuses every push until they are deleted";
        return $"{says}: {Command(conflicting)}";
    }

    /// <summary>Finds the group whose labels, as shown in the gateway's JSON, all occur among those of the metric.</summary>
    static List<(string Name, byte[] Value)>? LabelsFromGroups(ConsistencyError error, IReadOnlyList<GatewayGroup> groups)
    {
        List<(string, byte[])>? best = null;
        foreach (var group in groups)
        {
            var labels = new List<(string, byte[])>();
            var isBroken = false;
            foreach (var (name, value) in group.Labels)
            {
                if (error.Value(name) is not { } bytes || GroupLabels.DecodeAsGateway(bytes) != value)
                    break;
                labels.Add((name, bytes));
                isBroken |= !System.Text.Unicode.Utf8.IsValid(bytes);
            }

            if (isBroken && labels.Count == group.Labels.Count && labels.Count > (best?.Count ?? 0))
                best = labels;
        }

        return best;
    }

    /// <summary>The gateway's own metrics about a group have only its labels, plus an empty instance if it has none.</summary>
    static List<(string Name, byte[] Value)>? LabelsFromMessage(ConsistencyError error)
    {
        if (error.Metric is not ("push_time_seconds" or "push_failure_time_seconds"))
            return null;
        return [.. error.Labels.Where(label => label.Name != "instance" || label.Value.Length > 0)];
    }

    async Task<string?> AdviceOnConflictAsync(ConsistencyError error, CancellationToken cancellationToken)
    {
        var isSeries = error.Kind == ConsistencyErrorKind.SameSeries;
        var series = error.Labels.Select(label => new GroupingLabel(label.Name, Encoding.UTF8.GetString(label.Value))).ToList();
        var wanted = new MetricQuery(error.Metric, isSeries ? series : null);
        if ((await _api.GroupsAsync(wanted, cancellationToken)).Value is not { } groups)
            return null;
        var others = groups
            .All.Where(group => !group.Is(ours) && (isSeries ? group.HasMatchingSeries : group.MatchingType is not null))
            .ToList();
        if (others.Count == 0)
            return null;
        var areOurs = others.All(group => group.IsOurs);
        var conflicting = others.ConvertAll<IReadOnlyList<(string Name, byte[] Value)>>(group => [.. GroupLabels.FromText(group.Labels)]);
        var (word, verb, whose) =
            conflicting.Count == 1
                ? ("group", "has", areOurs ? "pushed by another run of backup-metrics" : "pushed by another job")
                : ("groups", "have", areOurs ? "pushed by other runs of backup-metrics" : "pushed by other jobs");
        return $"the {word} {Named(conflicting)}, {whose}, "
            + $"{verb} {error.Metric} {(isSeries ? "with identical labels" : "with a different type")}: "
            + $"ask the owner to rename it or to delete the {word}. If nobody needs the {word} any more: {Command(conflicting)}";
    }

    static string Named(List<IReadOnlyList<(string Name, byte[] Value)>> groups) =>
        NameList.FirstOf([.. groups.Select(GroupLabels.Describe)], MaxGroups);

    string Command(List<IReadOnlyList<(string Name, byte[] Value)>> groups)
    {
        var text = new StringBuilder("curl -X DELETE");
        for (var i = 0; i < groups.Count && i < MaxGroups; i++)
            text.Append(" '")
                .Append((gateway.Address.MetricsUrl + GroupLabels.ToPath(groups[i])).Replace("'", "%27", StringComparison.Ordinal))
                .Append('\'');
        if (gateway.Credentials is not null || gateway.Tls is not null)
            text.Append(" (add this job's credentials or certificates to the curl command)");
        return text.ToString();
    }
}
