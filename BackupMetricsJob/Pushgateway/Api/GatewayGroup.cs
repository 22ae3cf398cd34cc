namespace BackupMetricsJob.Pushgateway.Api;

/// <summary>A group of a gateway.</summary>
/// <param name="Labels">The grouping labels including the job, in the gateway's order.</param>
internal sealed record GatewayGroup(IReadOnlyList<GroupingLabel> Labels)
{
    /// <summary>The last successful push, by the gateway's clock; null for none.</summary>
    public DateTimeOffset? PushTime { get; init; }

    /// <summary>The last refused push; null for none.</summary>
    public DateTimeOffset? PushFailureTime { get; init; }

    /// <summary>Whether backup-metrics pushed it: it has the metric backup_metrics_build_info.</summary>
    public bool IsOurs { get; init; }

    /// <summary>The type of the queried metric, such as <c>GAUGE</c>; null if the group does not have it.</summary>
    public string? MatchingType { get; init; }

    /// <summary>Whether it has the queried series.</summary>
    public bool HasMatchingSeries { get; init; }

    public string Job => Value("job") ?? "";

    public string? Value(string label) => Labels.FirstOrDefault(one => one.Name == label)?.Value;

    /// <summary>Whether it has this key.</summary>
    public bool Is(GroupingKey key) =>
        Labels.Count == key.Labels.Count + 1 && Value("job") == key.Job && key.Labels.All(label => Value(label.Name) == label.Value);

    /// <summary>Its key, or null if it cannot be sent.</summary>
    public GroupingKey? ToKey() => GroupingKey.TryCreate(Job, [.. Labels.Where(label => label.Name != "job")], []);

    public override string ToString() => ToKey()?.ToString() ?? GroupLabels.Describe([.. GroupLabels.FromText(Labels)]);
}

/// <summary>The groups of a gateway, and the time of its clock when it listed them.</summary>
internal sealed record GatewayGroups(IReadOnlyList<GatewayGroup> All, DateTimeOffset At);

/// <summary>A metric to look for in every group and, unless null, one of its series by all labels.</summary>
internal sealed record MetricQuery(string Name, IReadOnlyList<GroupingLabel>? Series);
