using BackupMetricsJob.Reporting;
using BackupMetricsJob.Running;

namespace BackupMetricsJob.Schedule.State;

/// <summary>A run that is going on.</summary>
/// <param name="Slot">The moment of the schedule that it is for.</param>
/// <param name="IsRetry">Whether the slot has been tried before.</param>
internal sealed record CurrentRun(DateTimeOffset Slot, DateTimeOffset Began, bool IsRetry)
{
    /// <summary>How long it may take; it is hung if it takes much longer.</summary>
    public TimeSpan Deadline { get; init; }

    /// <summary>Whether the next slot came while it was still going on; that one is caught up afterwards.</summary>
    public bool OverrunsNextSlot { get; init; }
}

/// <summary>The last run that ended, with all it found.</summary>
/// <param name="Slot">The moment of the schedule that it was for.</param>
/// <param name="IsRetry">Whether the slot had been tried before.</param>
internal sealed record LastRun(
    DateTimeOffset Slot,
    bool IsRetry,
    DateTimeOffset Began,
    DateTimeOffset Ended,
    RunReport Report,
    ExitCode ExitCode
)
{
    /// <summary>Its series as a scraper gets them; null where nobody can scrape.</summary>
    public ScrapeText? Series { get; init; }
}

/// <summary>The last slot that was done on any node of the cluster, as its store has it.</summary>
internal sealed record ClusterSlot(DateTimeOffset Slot, string Node);

/// <summary>One line of the history: little enough to keep fifty of them.</summary>
/// <param name="ExitCode">What `backup-metrics run` would have ended with.</param>
internal sealed record RunRecord(
    DateTimeOffset Slot,
    bool IsRetry,
    DateTimeOffset Began,
    TimeSpan Duration,
    ExitCode ExitCode,
    int TargetsOk,
    int TargetsFailed
);

/// <summary>Settings that could not be read anew; the last good ones are in use.</summary>
internal sealed record ReloadFailure(DateTimeOffset At, IReadOnlyList<string> Problems);
