using BackupMetricsJob.Backups;
using BackupMetricsJob.Reporting;
using BackupMetricsJob.Schedule.Reporting;
using BackupMetricsJob.Schedule.State;

namespace BackupMetricsJob.Schedule.Http;

/// <summary>What /healthz and /readyz say: null where all is well, else why not, in a line.</summary>
internal static class Readiness
{
    /// <summary>Nobody has looked at the scheduler for this long: it does not work, whatever it said last.</summary>
    static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(60);

    /// <summary>How late the success of another node may be known here.</summary>
    static readonly TimeSpan ClusterDelay = TimeSpan.FromSeconds(10);

    /// <summary>Whether the process lives and its scheduler does its work.</summary>
    public static string? HealthProblem(ScheduleSnapshot now, TimeProvider time)
    {
        if (now.Problem is { } problem)
            return problem;
        return now.LastHealthCheck is { } looked && time.GetElapsedTime(looked) is var since && since > MaxSilence
            ? $"nobody has looked at the scheduler for {Humanize.Duration(since)}"
            : null;
    }

    /// <summary>Whether a run has succeeded within two intervals, on this node or, in a cluster, on any.</summary>
    public static string? ReadinessProblem(ScheduleSnapshot now, DateTimeOffset time)
    {
        var where = now.IsCluster ? "on any node" : "here";
        if (now.LastClusterSuccess is not { } success)
            return $"no run has succeeded {where} yet{Why(now)}; "
                + $"{(now.NextSlot is { } next ? $"the next slot is {ScheduleLog.Time(next)}" : "there is no further slot")}";
        // Of other nodes we hear from the store, which is asked every few seconds.
        var limit = (2 * now.Interval) + (now.IsCluster && now.Interval > TimeSpan.Zero ? ClusterDelay : TimeSpan.Zero);
        return limit > TimeSpan.Zero && time - success > limit
            ? $"no run has succeeded {where} since {ScheduleLog.Time(success)}, "
                + $"which is more than two intervals ({Humanize.Duration(2 * now.Interval)}) ago{Why(now)}"
            : null;
    }

    static string Why(ScheduleSnapshot now)
    {
        if (now.StoreProblem is not null)
            return ": the cluster's store cannot be asked";
        return now.History is [.., { ExitCode: not (ExitCode.Success or ExitCode.TargetFailed) } last]
            ? $": the last run ended with {(int)last.ExitCode}"
            : "";
    }
}
