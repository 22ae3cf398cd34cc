using BackupMetricsJob.Backups;
using BackupMetricsJob.Pushgateway;

namespace BackupMetricsJob.Running;

/// <summary>What a run did: what is known of every instance, the targets first, and how the push ended if there was one.</summary>
internal sealed record RunReport(IReadOnlyList<ProbeResult> Results, TimeSpan Elapsed)
{
    /// <summary>How many samples were written.</summary>
    public int Samples { get; init; }

    /// <summary>Null where nothing was to be pushed.</summary>
    public PushOutcome? Push { get; init; }

    /// <summary>The gateway's words about a legacy name that it refused; then all was pushed without those names.</summary>
    public string? RefusedLegacyNames { get; init; }
}
