using System.Text;

namespace BackupMetricsJob.Pushgateway;

/// <summary>
/// Finds out whose group it is that makes a gateway refuse a push of ours, and how to be rid of it. It only advises: that group is somebody
/// else's. Where nothing can be found out there is no advice.
/// </summary>
internal sealed class Culprit
{
    const int MostNamed = 3;
    const int LongestAdvice = 4000;

    static readonly TimeSpan LongestSearch = TimeSpan.FromSeconds(5);

    readonly Gateway _gateway;
    readonly GroupingKey _ours;
    readonly GatewayApi _api;

    Culprit(Gateway gateway, GroupingKey ours, TimeProvider clock, CancellationToken stop)
    {
        _gateway = gateway;
        _ours = ours;
        _api = new(gateway, clock, stop);
    }

    /// <param name="left">How much time is left for it; it never takes more than a few seconds.</param>
    public static string? Advice(PushOutcome refused, Gateway gateway, GroupingKey ours, TimeSpan left, TimeProvider clock, CancellationToken stop)
    {
        if (refused is not { Result: PushResult.Refused, Status: 400 }) return null;
        var complaints = Complaint.Read(refused.Answer);
        if (complaints.Count == 0) return null;
        var patience = left < LongestSearch ? left : LongestSearch;
        var advice = new Culprit(gateway with { AttemptTimeout = patience > TimeSpan.Zero ? patience : TimeSpan.FromTicks(1) }, ours, clock, stop).Advice(complaints);
        return advice is { Length: <= LongestAdvice } ? Words.OnOneLine(advice, LongestAdvice) : null;
    }

    string? Advice(IReadOnlyList<Complaint> complaints)
    {
        foreach (var complaint in complaints)
        {
            if (complaint.Kind == ComplaintKind.NotUtf8) return AdviceOnPoison(complaints);
        }

        return AdviceOnConflict(complaints[0]);
    }

    string? AdviceOnPoison(IReadOnlyList<Complaint> complaints)
    {
        var groups = _api.Groups().Value?.All;
        var culprits = new List<IReadOnlyList<(string Name, byte[] Value)>>();
        foreach (var complaint in complaints)
        {
            if (complaint.Kind != ComplaintKind.NotUtf8) continue;
            var labels = groups is null ? LabelsByTheirWords(complaint) : LabelsByTheGroups(complaint, groups);
            if (labels is not null && !culprits.Exists(known => GroupLabels.PathOf(known) == GroupLabels.PathOf(labels))) culprits.Add(labels);
        }

        if (culprits.Count == 0) return null;
        var says = culprits.Count == 1
            ? $"the group {Named(culprits)} of another job has a label that is not UTF-8: the gateway refuses every push of everybody until it is deleted"
            : $"the groups {Named(culprits)} of other jobs have labels that are not UTF-8: the gateway refuses every push of everybody until they are deleted";
        return $"{says}: {Command(culprits)}";
    }

    /// <summary>The group whose labels, as the gateway's JSON can tell them, are all among those of the metric.</summary>
    static List<(string Name, byte[] Value)>? LabelsByTheGroups(Complaint complaint, IReadOnlyList<GatewayGroup> groups)
    {
        List<(string, byte[])>? best = null;
        foreach (var group in groups)
        {
            var labels = new List<(string, byte[])>();
            var isBroken = false;
            foreach (var (name, value) in group.Labels)
            {
                if (complaint.Value(name) is not { } bytes || GroupLabels.AsJsonTells(bytes) != value) break;
                labels.Add((name, bytes));
                isBroken |= !System.Text.Unicode.Utf8.IsValid(bytes);
            }

            if (isBroken && labels.Count == group.Labels.Count && labels.Count > (best?.Count ?? 0)) best = labels;
        }

        return best;
    }

    /// <summary>The gateway's own metrics about a group have its labels alone, and an empty instance where it has none.</summary>
    static List<(string Name, byte[] Value)>? LabelsByTheirWords(Complaint complaint)
    {
        if (complaint.Metric is not ("push_time_seconds" or "push_failure_time_seconds")) return null;
        var labels = new List<(string, byte[])>();
        foreach (var (name, value) in complaint.Labels)
        {
            if (name != "instance" || value.Length > 0) labels.Add((name, value));
        }

        return labels;
    }

    string? AdviceOnConflict(Complaint complaint)
    {
        var series = new List<GroupingLabel>();
        foreach (var (name, value) in complaint.Labels) series.Add(new(name, Encoding.UTF8.GetString(value)));
        var isSeries = complaint.Kind == ComplaintKind.SameSeries;
        if (_api.Groups(new WantedMetric(complaint.Metric, isSeries ? series : null)).Value is not { } groups) return null;
        var culprits = new List<IReadOnlyList<(string Name, byte[] Value)>>();
        var areOurs = true;
        foreach (var group in groups.All)
        {
            if (group.Is(_ours) || (isSeries ? !group.HasWantedSeries : group.TypeOfWanted is null)) continue;
            culprits.Add([.. GroupLabels.OfText(group.Labels)]);
            areOurs &= group.IsOurs;
        }

        if (culprits.Count == 0) return null;
        var (word, verb, whose) = culprits.Count == 1
            ? ("group", "has", areOurs ? "which another run of backup-metrics pushed" : "which is another job's")
            : ("groups", "have", areOurs ? "which other runs of backup-metrics pushed" : "which are other jobs'");
        return $"the {word} {Named(culprits)}, {whose}, {verb} {complaint.Metric} {(isSeries ? "with the very same labels" : "with another type")}: "
            + $"ask the owner to rename it or to delete the {word}, and if nobody needs that any more: {Command(culprits)}";
    }

    static string Named(List<IReadOnlyList<(string Name, byte[] Value)>> groups)
    {
        var text = new StringBuilder();
        for (var i = 0; i < groups.Count && i < MostNamed; i++) text.Append(i == 0 ? "" : ", ").Append(GroupLabels.Describe(groups[i]));
        return groups.Count <= MostNamed ? text.ToString() : $"{text} and {groups.Count - MostNamed} more";
    }

    string Command(List<IReadOnlyList<(string Name, byte[] Value)>> groups)
    {
        var text = new StringBuilder("curl -X DELETE");
        for (var i = 0; i < groups.Count && i < MostNamed; i++)
            text.Append(" '").Append((_gateway.Address.MetricsUrl + GroupLabels.PathOf(groups[i])).Replace("'", "%27", StringComparison.Ordinal)).Append('\'');
        if (_gateway.Credentials is not null || _gateway.Tls is not null) text.Append(" (curl needs this job's credentials or certificates, too)");
        return text.ToString();
    }
}
