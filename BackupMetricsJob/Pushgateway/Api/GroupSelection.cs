namespace BackupMetricsJob.Pushgateway.Api;

/// <summary>
/// Selects groups: those of exactly this job with all these labels, possibly among others, and a last push that is old enough.
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
