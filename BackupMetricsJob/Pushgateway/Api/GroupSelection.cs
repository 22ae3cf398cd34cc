namespace BackupMetricsJob.Pushgateway.Api;

/// <summary>
/// Which groups are meant: those of this very job that have all of these labels, whatever others they have, and were last pushed long
/// enough ago.
/// </summary>
/// <param name="OlderThan">Null for any age.</param>
internal sealed record GroupSelection(string Job, IReadOnlyList<GroupingLabel> Labels, TimeSpan? OlderThan)
{
    public bool Matches(GatewayGroup group) => group.Value("job") == Job && Labels.All(label => group.Value(label.Name) == label.Value);

    /// <param name="now">By the gateway's clock.</param>
    public bool IsOldEnough(GatewayGroup group, DateTimeOffset now) =>
        OlderThan is not { } age || group.PushTime is not { } pushed || now - pushed > age;

    public override string ToString() => GroupLabels.Describe([.. GroupLabels.FromText([new("job", Job), .. Labels])]);
}
