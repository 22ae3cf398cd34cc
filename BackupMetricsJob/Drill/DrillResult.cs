using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Drill;

/// <summary>The result of a drill.</summary>
internal sealed record DrillResult(DrillOptions Options, DateTimeOffset Started)
{
    public required DateTimeOffset Finished { get; init; }

    /// <summary>The tool's name of the restored backup; null if it has none, or none was found.</summary>
    public string? BackupId { get; init; }

    /// <summary>Which of several places the backup was restored from, in words; null if there is only one.</summary>
    public string? Place { get; init; }

    /// <summary>The phases that were started, and how long each took.</summary>
    public IReadOnlyList<(DrillPhase Phase, TimeSpan Duration)> Phases { get; init; } = [];

    /// <summary>The phase that failed; null if none did.</summary>
    public DrillPhase? FailedPhase { get; init; }

    /// <summary>What the failure is attributed to; null if no phase failed.</summary>
    public DrillFault? Fault { get; init; }

    /// <summary>Why it failed, in words.</summary>
    public string? Failure { get; init; }

    /// <summary>The phase that a signal ended; null if none did. Then nothing is known and nothing recorded.</summary>
    public DrillPhase? StoppedPhase { get; init; }

    public bool IsStopped => StoppedPhase is not null;

    /// <summary>Why some of the drill's own files or processes remain; null if none do.</summary>
    public string? CleanUpFailure { get; init; }

    public long? Bytes { get; init; }

    /// <summary>The amount of replayed WAL in bytes.</summary>
    public long? ReplayedBytes { get; init; }

    public Recovered? Recovered { get; init; }

    public ClaimResult? Claim { get; init; }

    /// <summary>How much claimed work was not restored; null if unknown.</summary>
    public TimeSpan? Shortfall { get; init; }

    /// <summary>What was compared with the backup's manifest, in words; null if there is none.</summary>
    public string? Verified { get; init; }

    /// <summary>What was checked, in words.</summary>
    public IReadOnlyList<string> Checks { get; init; } = [];

    /// <summary>Null if replay reached the archive's end, as far as is known.</summary>
    public IncompleteReplay? IncompleteReplay { get; init; }

    /// <summary>The message of restore_command if it delivered no WAL at all; null if it delivered some.</summary>
    public string? NoWal { get; init; }

    /// <summary>PostgreSQL's major version; null until it is known.</summary>
    public int? Version { get; init; }

    /// <summary>The path of the folder, if it was kept.</summary>
    public string? KeptFolder { get; init; }

    public bool Succeeded => FailedPhase is null && !IsStopped;

    /// <summary>Whether the drill ended early for a reason other than the backup. Then nothing is proved.</summary>
    public bool IsUnfinished => Fault is DrillFault.Settings or DrillFault.Means;

    /// <summary>The time that a restore takes.</summary>
    public TimeSpan RestoreTime =>
        Phases.Where(one => DrillPhases.OfRestore.Contains(one.Phase)).Aggregate(TimeSpan.Zero, (sum, one) => sum + one.Duration);

    /// <summary>The facts that are published, and that are read back from the catalogue.</summary>
    public RestoreTestFacts Facts =>
        new(Succeeded, Finished)
        {
            Durations =
            [
                .. Phases
                    .Where(one => one.Phase is not (DrillPhase.Preflight or DrillPhase.CleanUp))
                    .Select(one => new PhaseDuration(one.Phase.Name(), one.Duration)),
            ],
            RecoveredUntil = Recovered?.LastTransaction,
            Shortfall = Shortfall,
        };
}
