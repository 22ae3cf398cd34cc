using BackupMetricsJob.Backups;
using BackupMetricsJob.Reporting;
using BackupMetricsJob.Schedule.Reporting;
using BackupMetricsJob.Schedule.State;

namespace BackupMetricsJob.Schedule.Http;

/// <summary>The problems that /healthz and /readyz report, one line each; null for none.</summary>
internal static class Readiness
{
    /// <summary>Without a health check for this long, the scheduler does not work, whatever the last check said.</summary>
    static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(60);

    /// <summary>How late another node's success may be known here.</summary>
    static readonly TimeSpan ClusterDelay = TimeSpan.FromSeconds(10);

    /// <summary>Whether the scheduler works.</summary>
    public static string? HealthProblem(ScheduleSnapshot now, TimeProvider time)
    {
        if (now.Problem is { } problem)
            return problem;
        return now.LastHealthCheck is { } looked && time.GetElapsedTime(looked) is var since && since > MaxSilence
            ? $"no health check of the scheduler for {Humanize.Duration(since)}"
            : null;
    }

    /// <summary>Whether a run succeeded within two intervals, on this node or, in a cluster, on any node.</summary>
    public static string? ReadinessProblem(ScheduleSnapshot now, DateTimeOffset time)
    {
        var where = now.IsCluster ? "on any node" : "here";
        if (now.LastClusterSuccess is not { } success)
            return $"no run has succeeded {where} yet{Why(now)}; "
                + $"{(now.NextSlot is { } next ? $"the next slot is {ScheduleLog.Time(next)}" : "there are no further slots")}";
        // Other nodes' runs are known from the store, which is queried every few seconds.
        var limit = (2 * now.Interval) + (now.IsCluster && now.Interval > TimeSpan.Zero ? ClusterDelay : TimeSpan.Zero);
        return limit > TimeSpan.Zero && time - success > limit
            ? $"no run has succeeded {where} since {ScheduleLog.Time(success)}, "
                + $"which is more than two intervals ({Humanize.Duration(2 * now.Interval)}) ago{Why(now)}"
            : null;
    }

    static string Why(ScheduleSnapshot now)
    {
        if (now.StoreProblem is not null)
            return ": the cluster's store is unavailable";
        return now.History is [.., { ExitCode: not (ExitCode.Success or ExitCode.TargetFailed) } last]
            ? $": the last run ended with exit code {(int)last.ExitCode}"
            : "";
    }
}
