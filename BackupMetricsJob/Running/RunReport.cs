using BackupMetricsJob.Backups;
using BackupMetricsJob.Exposition;
using BackupMetricsJob.Pushgateway;

namespace BackupMetricsJob.Running;

/// <summary>The outcome of the push to one gateway.</summary>
/// <param name="RefusedLegacyNames">The gateway's message if it refused a legacy name and everything else was pushed without it; otherwise
/// null.</param>
internal sealed record GatewayReport(PushOutcome Outcome, string? RefusedLegacyNames)
{
    /// <summary>How many samples this push had.</summary>
    public int Samples { get; init; }
}

/// <summary>The result of a run: what is known about every instance, targets first, and the outcome of each push.</summary>
internal sealed record RunReport(IReadOnlyList<ProbeResult> Results, TimeSpan Elapsed)
{
    /// <summary>The published facts about the run; null if there are none.</summary>
    public RunFacts? Facts { get; init; }

    /// <summary>A signal ended the splay: nothing was probed or pushed.</summary>
    public bool IsStoppedBeforeStart { get; init; }

    /// <summary>The group that was pushed; null for none.</summary>
    public GroupingKey? Group { get; init; }

    /// <summary>The outcomes in the order of the gateways; empty without a push.</summary>
    public IReadOnlyList<GatewayReport> Pushes { get; init; } = [];

    /// <summary>How the file for node_exporter was written; null if there is none.</summary>
    public TextfileReport? Textfile { get; init; }

    /// <summary>The calls to the heartbeat that did not arrive; one line each.</summary>
    public IReadOnlyList<string> HeartbeatFailures { get; init; } = [];

    /// <summary>Whether every push arrived, and the file was written.</summary>
    public bool IsDelivered => Pushes.All(push => push.Outcome.Arrived) && Textfile is not { Failure: not null };
}
