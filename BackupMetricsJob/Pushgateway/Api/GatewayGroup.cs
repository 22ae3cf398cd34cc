namespace BackupMetricsJob.Pushgateway.Api;

/// <summary>What a gateway says of one of its groups.</summary>
/// <param name="Labels">The grouping labels, the job among them, in the order in which the gateway gives them.</param>
internal sealed record GatewayGroup(IReadOnlyList<GroupingLabel> Labels)
{
    /// <summary>When it was last pushed with success, by the gateway's clock; null where never.</summary>
    public DateTimeOffset? PushTime { get; init; }

    /// <summary>When a push of it was last refused; null where never.</summary>
    public DateTimeOffset? PushFailureTime { get; init; }

    /// <summary>Whether backup-metrics pushed it: it has the family backup_metrics_build_info.</summary>
    public bool IsOurs { get; init; }

    /// <summary>The type of the family that was looked for, as <c>GAUGE</c>; null where the group has no such family.</summary>
    public string? MatchingType { get; init; }

    /// <summary>Whether it has the very series that was looked for.</summary>
    public bool HasMatchingSeries { get; init; }

    public string Job => Value("job") ?? "";

    public string? Value(string label) => Labels.FirstOrDefault(one => one.Name == label)?.Value;

    /// <summary>Whether it is the group of this key.</summary>
    public bool Is(GroupingKey key) =>
        Labels.Count == key.Labels.Count + 1 && Value("job") == key.Job && key.Labels.All(label => Value(label.Name) == label.Value);

    /// <summary>Its key, or null where that could not be sent.</summary>
    public GroupingKey? ToKey() => GroupingKey.TryCreate(Job, [.. Labels.Where(label => label.Name != "job")], []);

    public override string ToString() => ToKey()?.ToString() ?? GroupLabels.Describe([.. GroupLabels.FromText(Labels)]);
}

/// <summary>The groups of a gateway, and what its clock said when it told of them.</summary>
internal sealed record GatewayGroups(IReadOnlyList<GatewayGroup> All, DateTimeOffset At);

/// <summary>A metric that is looked for in every group, and, unless null, one series of it by all its labels.</summary>
internal sealed record MetricQuery(string Name, IReadOnlyList<GroupingLabel>? Series);
