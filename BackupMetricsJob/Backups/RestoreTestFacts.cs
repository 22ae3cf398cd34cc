namespace BackupMetricsJob.Backups;

/// <summary>How long a part of a restore test took: fetch, verify, replay or check.</summary>
internal sealed record PhaseDuration(string Phase, TimeSpan Duration);

/// <summary>How the last restore test of a tool's backups went.</summary>
/// <param name="Succeeded">Whether the backup was restored, and all checks of what came back were good.</param>
/// <param name="At">When it ended.</param>
internal sealed record RestoreTestFacts(bool Succeeded, DateTimeOffset At)
{
    /// <summary>Empty where it was recorded by a script of the user's, who did not say.</summary>
    public IReadOnlyList<PhaseDuration> Durations { get; init; } = [];

    /// <summary>Why it failed, in the drill's words; null where that is not known.</summary>
    public string? Failure { get; init; }

    /// <summary>When the last transaction that came back had ended.</summary>
    public DateTimeOffset? RecoveredUntil { get; init; }

    /// <summary>How much work that was claimed to be safe did not come back; null where nothing was claimed.</summary>
    public TimeSpan? Shortfall { get; init; }

    /// <summary>The measured time of a restore: without what was looked at.</summary>
    public TimeSpan? RestoreTime =>
        Durations.Count == 0
            ? null
            : Durations.Where(one => one.Phase is "fetch" or "replay").Aggregate(TimeSpan.Zero, (sum, one) => sum + one.Duration);
}
