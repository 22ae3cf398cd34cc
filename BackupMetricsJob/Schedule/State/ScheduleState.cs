using BackupMetricsJob.Exposition;
using BackupMetricsJob.Reporting;
using BackupMetricsJob.Running;

namespace BackupMetricsJob.Schedule.State;

/// <summary>
/// What the daemon knows about itself, for all who show it. Any thread may read and write; a reader sees one moment, never half a change.
/// </summary>
internal sealed class ScheduleState(string node, DateTimeOffset started, BuildVersion build)
{
    public const int HistoryLength = 50;

    readonly Lock _lock = new();
    ScheduleSnapshot _now = new()
    {
        Node = node,
        ProcessStarted = started,
        Build = build,
    };

    public ScheduleSnapshot Now => Volatile.Read(ref _now);

    /// <summary>One change at a time: <paramref name="change"/> sees what all before it made.</summary>
    public void Set(Func<ScheduleSnapshot, ScheduleSnapshot> change)
    {
        lock (_lock)
            Volatile.Write(ref _now, change(_now));
    }

    public void Begin(CurrentRun run) => Set(now => now with { Current = run });

    /// <summary>A run ended: it is the last one, a line of the history, and perhaps the newest success.</summary>
    public void End(LastRun run) =>
        Set(now =>
        {
            var success = Succeeded(run) ? run.Ended : now.LastSuccess;
            return now with
            {
                Current = null,
                Last = run,
                History = With(now.History, Record(run)),
                LastSuccess = success,
                LastClusterSuccess = Later(now.LastClusterSuccess, success),
            };
        });

    /// <summary>A run ended without a report: there was a bug, or standard output could not be written; the log tells.</summary>
    public void Drop(DateTimeOffset ended, ExitCode code) =>
        Set(now =>
            now with
            {
                Current = null,
                History = now.Current is { } run
                    ? With(now.History, new(run.Slot, run.IsRetry, run.Began, ended - run.Began, code, 0, 0))
                    : now.History,
            }
        );

    /// <summary>What the cluster's store says of all nodes.</summary>
    public void RecordClusterSuccess(DateTimeOffset success) =>
        Set(now => now with { LastClusterSuccess = Later(now.LastClusterSuccess, success) });

    /// <summary>What the cluster's store says of the last slot.</summary>
    public void RecordClusterSlot(ClusterSlot last) => Set(now => now with { LastClusterSlot = last });

    /// <summary>
    /// It was not cut, and every gateway has the metrics. A target that cannot be probed is what the metrics tell, and no failure of the
    /// run.
    /// </summary>
    public static bool Succeeded(LastRun run) => run.ExitCode is not (ExitCode.Terminated or ExitCode.Interrupted) && Arrived(run.Report);

    /// <summary>Whether every gateway has what was pushed.</summary>
    public static bool Arrived(RunReport report) => report.Pushes.All(push => push.Outcome.Arrived);

    static List<RunRecord> With(IReadOnlyList<RunRecord> before, RunRecord run) => [.. before.TakeLast(HistoryLength - 1), run];

    static RunRecord Record(LastRun run)
    {
        var ok = run.Report.Results.Count(result => result is { IsTarget: true, Failure: null });
        var failed = run.Report.Results.Count(result => result is { IsTarget: true, Failure: not null });
        return new(run.Slot, run.IsRetry, run.Began, run.Ended - run.Began, run.ExitCode, ok, failed);
    }

    static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) => one is null || other > one ? other : one;
}
