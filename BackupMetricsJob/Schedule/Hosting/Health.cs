using BackupMetricsJob.Schedule.Reporting;
using BackupMetricsJob.Schedule.Scheduling;
using BackupMetricsJob.Schedule.State;

namespace BackupMetricsJob.Schedule.Hosting;

/// <summary>Whether the scheduler works, as opposed to the process merely running.</summary>
internal static class Health
{
    /// <summary>How late a slot, or the end of a run, may be.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(60);

    /// <summary>The problem; null for none. An unavailable store is not the scheduler's fault.</summary>
    /// <param name="stored">The store's last response; null if the schedule is missing from it.</param>
    public static string? Problem(ScheduleSnapshot now, StoredSchedule? stored, DateTimeOffset time)
    {
        if (now.Current is { } run && time > run.Began + run.Deadline + Tolerance)
            return $"the run for slot {ScheduleLog.Time(run.Slot)} has not ended within its deadline";
        if (now.StoreProblem is not null || now.Current is not null)
            return null;
        if (stored is null)
            return "the schedule is missing from the store";
        return stored.Next is { } next && time > next + Tolerance && !stored.IsRunning
            ? $"slot {ScheduleLog.Time(next)} is overdue and has not started"
            : null;
    }
}
