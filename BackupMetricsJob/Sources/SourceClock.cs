using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Sources;

/// <summary>
/// The clock that the ages of a probe are by, and how far ahead of it a backup may have finished before it is not believed.
/// </summary>
/// <param name="Now">The database's clock.</param>
/// <param name="Job">The job's clock at the same moment.</param>
internal sealed record SourceClock(DateTimeOffset Now, DateTimeOffset Job)
{
    /// <summary>Whether a time is later than either clock by more than <see cref="ClockTolerance.Max"/>.</summary>
    public bool IsFuture(DateTimeOffset time) => time - Now > ClockTolerance.Max || time - Job > ClockTolerance.Max;

    /// <summary>How long ago that was, never negative: what a clock of another host has ahead is nothing.</summary>
    public TimeSpan Since(DateTimeOffset time) => time < Now ? Now - time : TimeSpan.Zero;

    /// <summary>Whether something can be so many seconds old: not from before 1970.</summary>
    public bool CanBeOld(double seconds) => seconds <= (Now - DateTimeOffset.UnixEpoch).TotalSeconds;

    /// <summary>By the clock that it is too far ahead of: that of the database, or else the job's.</summary>
    public string Future(DateTimeOffset time) =>
        time - Now > ClockTolerance.Max
            ? $"in the future: {Humanize.Time(time)}, the database's clock says {Humanize.Time(Now)}"
            : $"in the future: {Humanize.Time(time)}, the clock of this job says {Humanize.Time(Job)} (the "
                + $"database's {Humanize.Time(Now)})";
}
