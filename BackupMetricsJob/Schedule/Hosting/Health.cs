using BackupMetricsJob.Schedule.Reporting;
using BackupMetricsJob.Schedule.Scheduling;
using BackupMetricsJob.Schedule.State;

namespace BackupMetricsJob.Schedule.Hosting;

/// <summary>Whether the scheduler does its work, as opposed to the process merely being there.</summary>
internal static class Health
{
    /// <summary>What a slot, and the end of a run, may be late before something is broken.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(60);

    /// <summary>Null where all is well; else what is broken. A store that cannot be asked is not our fault, and passes.</summary>
    /// <param name="stored">What the store said last; null where the schedule is gone from it.</param>
    public static string? Problem(ScheduleSnapshot now, StoredSchedule? stored, DateTimeOffset time)
    {
        if (now.Current is { } run && time > run.Began + run.Deadline + Tolerance)
            return $"the run for slot {ScheduleLog.Time(run.Slot)} has not ended within its deadline";
        if (now.StoreProblem is not null || now.Current is not null)
            return null;
        if (stored is null)
            return "the schedule is gone from the store";
        return stored.Next is { } next && time > next + Tolerance && !stored.IsRunning
            ? $"slot {ScheduleLog.Time(next)} is due and is not begun"
            : null;
    }
}
