using System.Runtime.CompilerServices;

namespace BackupMetricsJob.Backups;

/// <summary>
/// What one run knows about one instance: the facts that could be read, and the failure if not all could. Both may be set: a role without
/// privileges can read some facts, and these are published with the failure.
/// </summary>
internal sealed record ProbeResult(Instance Instance)
{
    /// <summary>
    /// The conclusions from each result, cached so that they are computed once. A copy with other facts is another key. This is no field,
    /// because a record compares its fields: two results must be equal whether or not their conclusions were computed.
    /// </summary>
    static readonly ConditionalWeakTable<ProbeResult, Conclusions> Concluded = [];

    /// <summary>
    /// Whether this instance was itself probed. If not, another source such as a catalogue reported it, and there is no probe to report.
    /// </summary>
    public bool IsTarget { get; init; } = true;

    /// <summary>Why the probe did not read everything it should; null if it succeeded.</summary>
    public ProbeFailure? Failure { get; init; }

    public required TimeSpan Duration { get; init; }

    /// <summary>The time of the probe, by the job's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The server's clock minus the job's.</summary>
    public TimeSpan? ClockOffset { get; init; }

    /// <summary>Null if no connection was made, or the server never sent its first answer.</summary>
    public ConnectedServer? ConnectedTo { get; init; }

    public ServerEvidence? Server { get; init; }

    public IReadOnlyList<BackupFacts> Backups { get; init; } = [];

    /// <summary>What the listings of its WAL archives say; null if none was ever imported.</summary>
    public ArchiveEvidence? Archive { get; init; }

    /// <summary>The backups by repository or storage, as far as a source tells.</summary>
    public IReadOnlyList<StorageFacts> Storages { get; init; } = [];

    /// <summary>The records in tools' lists that could not be read. Without them the facts are incomplete.</summary>
    public IReadOnlyList<SkippedRecords> Skipped { get; init; } = [];

    /// <summary>The sources that answered completely.</summary>
    public IReadOnlyList<string> SourcesThatAnswered { get; init; } = [];

    /// <summary>The sources that failed, answered incompletely or were not credible.</summary>
    public IReadOnlyList<SourceFailure> SourceFailures { get; init; } = [];

    /// <summary>
    /// What sources other than the server said about this and other instances; empty once it is assigned to those instances.
    /// </summary>
    public IReadOnlyList<InstanceFacts> Found { get; init; } = [];

    /// <summary>Whether the target's own backups are monitored. A database that only holds the catalogue of others has no limits.</summary>
    public bool IsMonitored { get; init; } = true;

    public IReadOnlyList<MissingPrivilege> MissingPrivileges { get; init; } = [];

    /// <summary>The facts about the server that the user opted out of.</summary>
    public Omissions Omissions { get; init; }

    /// <summary>How much work would be lost if the server died now; null if unknown.</summary>
    public TimeSpan? LossWindow => Loss?.Window;

    /// <summary>The loss window and the evidence behind it.</summary>
    public Loss? Loss => Conclusion.Loss;

    /// <summary>The assessment of the archive listings; null if none was ever imported.</summary>
    public ArchiveAssessment? ArchiveAssessment => Conclusion.Archive;

    /// <summary>How many storages hold a recent enough backup; null if unknown or irrelevant.</summary>
    public Copies? Copies => BackupMetricsJob.Backups.Copies.Find(this);

    /// <summary>How far back a restore reaches, by source and tool; empty if unknown.</summary>
    public IReadOnlyList<RecoveryWindow> Windows => RecoveryWindow.Find(this);

    /// <summary>How much WAL a restore would replay; null if that or the recovery point is unknown.</summary>
    public long? ReplayBytes => LossWindow is null ? null : RecoveryPoint.ReplayBytes(Server, Backups);

    Conclusions Conclusion =>
        Concluded.GetValue(
            this,
            static result =>
            {
                var archive = ArchiveAssessment.For(result);
                return new(archive, RecoveryPoint.Estimate(result.Server, result.Backups, archive, result.At));
            }
        );

    sealed record Conclusions(ArchiveAssessment? Archive, Loss? Loss);
}
