using System.Runtime.CompilerServices;

namespace BackupMetricsJob.Backups;

/// <summary>
/// What one run knows of one instance: the facts that could be read, and the failure if not all of them could. Both may be there:
/// a role without rights reads some, and what it read is published with the failure.
/// </summary>
internal sealed record ProbeResult(Instance Instance)
{
    /// <summary>
    /// What was concluded from each result so far, so that it is computed once. A copy with other facts is another key. It is not a field,
    /// since a record compares its fields: two results are equal whether or not anything was concluded from them.
    /// </summary>
    static readonly ConditionalWeakTable<ProbeResult, Conclusions> Concluded = [];

    /// <summary>
    /// Whether this instance was asked itself. If not, another source reported it (a catalogue does), and there is no probe to report.
    /// </summary>
    public bool IsTarget { get; init; } = true;

    /// <summary>Why the probe did not bring all it should; null when it succeeded.</summary>
    public ProbeFailure? Failure { get; init; }

    public required TimeSpan Duration { get; init; }

    /// <summary>When it was probed, by the job's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The server's clock minus the job's.</summary>
    public TimeSpan? ClockOffset { get; init; }

    /// <summary>Null where no connection was made, or its first answer never came.</summary>
    public ConnectedServer? ConnectedTo { get; init; }

    public ServerEvidence? Server { get; init; }

    public IReadOnlyList<BackupFacts> Backups { get; init; } = [];

    /// <summary>What the listings of its WAL archives say; null where none was ever imported.</summary>
    public ArchiveEvidence? Archive { get; init; }

    /// <summary>The same, by repository or storage, as far as a source says.</summary>
    public IReadOnlyList<StorageFacts> Storages { get; init; } = [];

    /// <summary>Records of tools' lists that could not be read: what is known without them is not all.</summary>
    public IReadOnlyList<SkippedRecords> Skipped { get; init; } = [];

    /// <summary>The sources that answered in full.</summary>
    public IReadOnlyList<string> SourcesThatAnswered { get; init; } = [];

    /// <summary>The sources that answered, but not with all they should, or were not to be believed; and those that broke.</summary>
    public IReadOnlyList<SourceFailure> SourceFailures { get; init; } = [];

    /// <summary>What sources other than the server said, of this instance and of others; empty once that stands where it belongs.</summary>
    public IReadOnlyList<InstanceFacts> Found { get; init; } = [];

    /// <summary>
    /// Whether backups of the target itself were asked for. A database that only holds the catalogue of others has no limits.
    /// </summary>
    public bool IsMonitored { get; init; } = true;

    public IReadOnlyList<MissingPrivilege> MissingPrivileges { get; init; } = [];

    /// <summary>What of the server the user does without.</summary>
    public Omissions Omissions { get; init; }

    /// <summary>How much work would be lost if the server died now; null where it is unknown.</summary>
    public TimeSpan? LossWindow => Loss?.Window;

    /// <summary>The same, and what it is based on.</summary>
    public Loss? Loss => Conclusion.Loss;

    /// <summary>What the archives' listings come to; null where none was ever imported.</summary>
    public ArchiveAssessment? ArchiveAssessment => Conclusion.Archive;

    /// <summary>In how many storages there is a backup that is new enough; null where that is unknown, or does not matter.</summary>
    public Copies? Copies => BackupMetricsJob.Backups.Copies.Find(this);

    /// <summary>How far back a restore reaches, by source and tool; empty where that is not known.</summary>
    public IReadOnlyList<RecoveryWindow> Windows => RecoveryWindow.Find(this);

    /// <summary>How much WAL a restore would replay; null where that, or the recovery point itself, is unknown.</summary>
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
