namespace BackupMetricsJob.Backups;

/// <summary>How long a part of a restore test took: fetch, verify, replay or check.</summary>
internal sealed record PhaseDuration(string Phase, TimeSpan Duration);

/// <summary>The outcome of the last restore test of a tool's backups.</summary>
/// <param name="Succeeded">Whether the backup was restored and all checks of the restored cluster passed.</param>
/// <param name="At">When the restore test ended.</param>
internal sealed record RestoreTestFacts(bool Succeeded, DateTimeOffset At)
{
    /// <summary>Empty if a user's own script recorded the test without durations.</summary>
    public IReadOnlyList<PhaseDuration> Durations { get; init; } = [];

    /// <summary>Why it failed, as the drill recorded it; null if unknown.</summary>
    public string? Failure { get; init; }

    /// <summary>The end of the last transaction that was restored.</summary>
    public DateTimeOffset? RecoveredUntil { get; init; }

    /// <summary>How much work that was reported as safe was not restored; null if nothing was reported.</summary>
    public TimeSpan? Shortfall { get; init; }

    /// <summary>The measured time of a restore, without the checks.</summary>
    public TimeSpan? RestoreTime =>
        Durations.Count == 0
            ? null
            : Durations.Where(one => one.Phase is "fetch" or "replay").Aggregate(TimeSpan.Zero, (sum, one) => sum + one.Duration);
}
