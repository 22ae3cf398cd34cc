using BackupMetricsJob.Schedule.State;

namespace BackupMetricsJob.Schedule.Page;

/// <summary>The page.</summary>
internal static class StatusPage
{
    public static IEnumerable<string> Render(ScheduleSnapshot now, DateTimeOffset time)
    {
        yield return $"<!doctype html><title>{now.Node.Length}</title>{time}";
    }
}
