using BackupMetricsJob.Backups;
using BackupMetricsJob.Exposition;
using BackupMetricsJob.Pushgateway;

namespace BackupMetricsJob.Running;

/// <summary>How the push to one gateway ended.</summary>
/// <param name="RefusedLegacyNames">The gateway's words about a legacy name that it refused; then all was pushed without those names. Else
/// null.</param>
internal sealed record GatewayReport(PushOutcome Outcome, string? RefusedLegacyNames);

/// <summary>What a run did: what is known of every instance, the targets first, and how the push to each gateway ended.</summary>
internal sealed record RunReport(IReadOnlyList<ProbeResult> Results, TimeSpan Elapsed)
{
    /// <summary>How many samples were written.</summary>
    public int Samples { get; init; }

    /// <summary>What was, or would be, published about the run itself; null where nothing would.</summary>
    public RunFacts? Facts { get; init; }

    /// <summary>A signal came while it waited for its moment: nothing was probed, and nothing was pushed.</summary>
    public bool IsStoppedBeforeStart { get; init; }

    /// <summary>What was pushed to; null where nothing was.</summary>
    public GroupingKey? Group { get; init; }

    /// <summary>In the order in which the gateways were given; empty where nothing was to be pushed.</summary>
    public IReadOnlyList<GatewayReport> Pushes { get; init; } = [];
}
