using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Sources;

/// <summary>
/// The clock that a probe's ages are computed from. It also decides which backup times are too far in the future to be credible.
/// </summary>
/// <param name="Now">The database's clock.</param>
/// <param name="Job">The job's clock at the same moment.</param>
internal sealed record SourceClock(DateTimeOffset Now, DateTimeOffset Job)
{
    /// <summary>Whether a time is later than either clock by more than <see cref="ClockTolerance.Max"/>.</summary>
    public bool IsFuture(DateTimeOffset time) => time - Now > ClockTolerance.Max || time - Job > ClockTolerance.Max;

    /// <summary>How long ago a time was, never negative: if another host's clock is ahead, the age is zero.</summary>
    public TimeSpan Since(DateTimeOffset time) => time < Now ? Now - time : TimeSpan.Zero;

    /// <summary>Whether an age in seconds is possible: nothing is from before 1970.</summary>
    public bool CanBeOld(double seconds) => seconds <= (Now - DateTimeOffset.UnixEpoch).TotalSeconds;

    /// <summary>Describes a time in the future by the clock that it is ahead of: the database's, or else the job's.</summary>
    public string Future(DateTimeOffset time) =>
        time - Now > ClockTolerance.Max
            ? $"in the future: {Humanize.Time(time)}, the database's clock says {Humanize.Time(Now)}"
            : $"in the future: {Humanize.Time(time)}, the clock of this job says {Humanize.Time(Job)} (the "
                + $"database's {Humanize.Time(Now)})";
}
