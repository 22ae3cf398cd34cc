using BackupMetricsJob.Exposition;
using BackupMetricsJob.Reporting;
using BackupMetricsJob.Running;

namespace BackupMetricsJob.Schedule.State;

/// <summary>The daemon's state. Thread-safe: a reader always sees a consistent snapshot.</summary>
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

    /// <summary>Applies changes one at a time: <paramref name="change"/> sees all earlier ones.</summary>
    public void Set(Func<ScheduleSnapshot, ScheduleSnapshot> change)
    {
        lock (_lock)
            Volatile.Write(ref _now, change(_now));
    }

    public void Begin(CurrentRun run) => Set(now => now with { Current = run });

    /// <summary>Records the end of a run.</summary>
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
                LastClusterSuccess = new[] { now.LastClusterSuccess, success }.Max(),
            };
        });

    /// <summary>Records a run that ended without a report, because of a bug or unwritable standard output, which is logged.</summary>
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

    /// <summary>Records the last success in the cluster.</summary>
    public void RecordClusterSuccess(DateTimeOffset success) =>
        Set(now => now with { LastClusterSuccess = new[] { now.LastClusterSuccess, success }.Max() });

    /// <summary>Records the last slot in the cluster.</summary>
    public void RecordClusterSlot(ClusterSlot last) => Set(now => now with { LastClusterSlot = last });

    /// <summary>Whether the run was not cancelled, and its result was delivered. A failed target is a result, too.</summary>
    public static bool Succeeded(LastRun run) =>
        run.ExitCode is not (ExitCode.Terminated or ExitCode.Interrupted) && run.Report.IsDelivered;

    static List<RunRecord> With(IReadOnlyList<RunRecord> before, RunRecord run) => [.. before.TakeLast(HistoryLength - 1), run];

    static RunRecord Record(LastRun run)
    {
        var ok = run.Report.Results.Count(result => result is { IsTarget: true, Failure: null });
        var failed = run.Report.Results.Count(result => result is { IsTarget: true, Failure: not null });
        return new(run.Slot, run.IsRetry, run.Began, run.Ended - run.Began, run.ExitCode, ok, failed);
    }
}
