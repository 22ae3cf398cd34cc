namespace BackupMetricsJob.Pushgateway;

/// <summary>Which groups are meant: those of this very job that have all of these labels, whatever others they have, and were last pushed long enough ago.</summary>
/// <param name="OlderThan">Null for any age.</param>
internal sealed record GroupSelection(string Job, IReadOnlyList<GroupingLabel> Labels, TimeSpan? OlderThan)
{
    public bool Matches(GatewayGroup group)
    {
        if (group.Value("job") != Job) return false;
        foreach (var (name, value) in Labels)
        {
            if (group.Value(name) != value) return false;
        }

        return true;
    }

    /// <param name="now">By the gateway's clock.</param>
    public bool IsOldEnough(GatewayGroup group, DateTimeOffset now) => OlderThan is not { } age || group.PushTime is not { } pushed || now - pushed > age;

    public override string ToString() => GroupLabels.Describe([.. GroupLabels.OfText([new("job", Job), .. Labels])]);
}
