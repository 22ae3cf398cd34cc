namespace BackupMetricsJob.Backups;

/// <summary>
/// What one probe of one instance brought: the facts that could be read, and the failure if not all of them could. Both may be there:
/// a role without rights reads some, and what it read is published beside the failure.
/// </summary>
internal sealed record ProbeResult(Instance Instance)
{
    /// <summary>Null when the probe succeeded.</summary>
    public ProbeFailure? Failure { get; init; }

    public required TimeSpan Duration { get; init; }

    /// <summary>When it was probed, by the job's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The server's clock minus the job's.</summary>
    public TimeSpan? ClockOffset { get; init; }

    public ServerEvidence? Server { get; init; }

    public IReadOnlyList<BackupFacts> Backups { get; init; } = [];

    /// <summary>The sources that answered in full.</summary>
    public IReadOnlyList<string> SourcesThatAnswered { get; init; } = [];

    public IReadOnlyList<MissingRight> MissingRights { get; init; } = [];

    /// <summary>How much work would be lost if the server died now; null where it is unknown.</summary>
    public TimeSpan? LossWindow => Server is null ? null : RecoveryPoint.LossWindow(Server, Backups);
}
