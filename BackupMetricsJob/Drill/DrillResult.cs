using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Drill;

/// <summary>How a drill went.</summary>
internal sealed record DrillResult(DrillOptions Options, DateTimeOffset Started)
{
    public required DateTimeOffset Finished { get; init; }

    /// <summary>What was restored, by the tool's name for it; null if it has none, or none was found.</summary>
    public string? BackupId { get; init; }

    /// <summary>Which of several places it was restored from, in words; null where there is one.</summary>
    public string? Place { get; init; }

    /// <summary>The phases that were begun, and how long each took.</summary>
    public IReadOnlyList<(DrillPhase Phase, TimeSpan Duration)> Phases { get; init; } = [];

    /// <summary>The phase that failed; null if none did.</summary>
    public DrillPhase? FailedPhase { get; init; }

    /// <summary>Whose fault that is; null if none failed.</summary>
    public DrillFault? Fault { get; init; }

    /// <summary>Why it failed, in words.</summary>
    public string? Failure { get; init; }

    /// <summary>The phase that a signal ended: then nothing is known, and nothing recorded. Null if none did.</summary>
    public DrillPhase? StoppedPhase { get; init; }

    public bool IsStopped => StoppedPhase is not null;

    /// <summary>Why something of the drill's own remains; null if nothing does.</summary>
    public string? CleanUpFailure { get; init; }

    public long? Bytes { get; init; }

    /// <summary>WAL that was replayed, in bytes.</summary>
    public long? ReplayedBytes { get; init; }

    public Recovered? Recovered { get; init; }

    public ClaimResult? Claim { get; init; }

    /// <summary>How much work that was claimed did not come back; null if that is not known.</summary>
    public TimeSpan? Shortfall { get; init; }

    /// <summary>What was compared with the backup's own list of files, in words; null where there is none.</summary>
    public string? Verified { get; init; }

    /// <summary>What was checked, in words.</summary>
    public IReadOnlyList<string> Checks { get; init; } = [];

    /// <summary>Null where replay came to the archive's end, as far as anybody knows.</summary>
    public IncompleteReplay? IncompleteReplay { get; init; }

    /// <summary>What restore_command said, in words, where it brought no WAL at all; null where it brought some.</summary>
    public string? NoWal { get; init; }

    /// <summary>PostgreSQL's major version; null until it is known.</summary>
    public int? Version { get; init; }

    /// <summary>Where it is, if it was kept.</summary>
    public string? KeptFolder { get; init; }

    public bool Succeeded => FailedPhase is null && !IsStopped;

    /// <summary>It ended early for a reason that is not the backup's: nothing is proved, neither good nor bad.</summary>
    public bool IsUnfinished => Fault is DrillFault.Settings or DrillFault.Means;

    /// <summary>The time that a restore takes.</summary>
    public TimeSpan RestoreTime =>
        Phases.Where(one => DrillPhases.OfRestore.Contains(one.Phase)).Aggregate(TimeSpan.Zero, (sum, one) => sum + one.Duration);

    /// <summary>What is published of it, and read back from the catalogue.</summary>
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
