using BackupMetricsJob.Reporting;
using BackupMetricsJob.Running;

namespace BackupMetricsJob.Schedule.State;

/// <summary>The active run.</summary>
/// <param name="Slot">The slot that it runs for.</param>
/// <param name="IsRetry">Whether the slot was tried before.</param>
internal sealed record CurrentRun(DateTimeOffset Slot, DateTimeOffset Began, bool IsRetry)
{
    /// <summary>Its deadline; much later, it counts as hung.</summary>
    public TimeSpan Deadline { get; init; }

    /// <summary>Whether the next slot came during this run; it runs afterwards.</summary>
    public bool OverrunsNextSlot { get; init; }
}

/// <summary>The last run, with all its results.</summary>
/// <param name="Slot">The slot that it ran for.</param>
/// <param name="IsRetry">Whether the slot was tried before.</param>
internal sealed record LastRun(
    DateTimeOffset Slot,
    bool IsRetry,
    DateTimeOffset Began,
    DateTimeOffset Ended,
    RunReport Report,
    ExitCode ExitCode
)
{
    /// <summary>Its series for scrapes; null without an endpoint.</summary>
    public ScrapeText? Series { get; init; }
}

/// <summary>The last completed slot on any node of the cluster, from the store.</summary>
internal sealed record ClusterSlot(DateTimeOffset Slot, string Node);

/// <summary>An entry of the history, small enough to keep fifty.</summary>
/// <param name="ExitCode">The exit code that `backup-metrics run` would have had.</param>
internal sealed record RunRecord(
    DateTimeOffset Slot,
    bool IsRetry,
    DateTimeOffset Began,
    TimeSpan Duration,
    ExitCode ExitCode,
    int TargetsOk,
    int TargetsFailed
);

/// <summary>Invalid settings after a reload; the last valid ones are in use.</summary>
internal sealed record ReloadFailure(DateTimeOffset At, IReadOnlyList<string> Problems);
