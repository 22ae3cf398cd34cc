using System.Diagnostics;
using System.Runtime.InteropServices;
using BackupMetricsJob.Reporting;
using BackupMetricsJob.Schedule.Notify;
using BackupMetricsJob.Schedule.Options;
using BackupMetricsJob.Schedule.Reporting;
using BackupMetricsJob.Schedule.Scheduling;
using BackupMetricsJob.Schedule.Slots;
using BackupMetricsJob.Schedule.State;

namespace BackupMetricsJob.Schedule.Hosting;

/// <summary>The daemon's main loop: starts Quartz, checks its health every second, and shuts down on a signal.</summary>
internal sealed class Daemon(
    CurrentOptions options,
    SlotRunner runner,
    QuartzSchedule schedule,
    ScheduleState state,
    ScheduleLog log,
    ProcessContext context,
    SystemdNotifier manager
)
{
    static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(5);

    /// <summary>A cancelled run pushes what it knows, which takes JobRun up to 9 s.</summary>
    static readonly TimeSpan AfterCancel = TimeSpan.FromSeconds(12);
    static readonly TimeSpan ForStore = TimeSpan.FromSeconds(5);

    readonly TimeProvider _time = context.Time;
    CronSchedule _plan = options.Current.Plan;
    StoredSchedule? _stored;
    long _lastQuery;
    long _lastPing;

    public async Task<ExitCode> RunAsync()
    {
        using var reload = PosixSignalRegistration.Create(
            PosixSignal.SIGHUP,
            signal =>
            {
                signal.Cancel = true;
                Task.Run(ReloadAsync);
            }
        );
        context.Signals.ReleaseHangUp();
        options.LogWarnings();
        var cancellationToken = context.Signals.Stop;
        if (!await StartAsync(cancellationToken))
            return cancellationToken.IsCancellationRequested ? ExitCode.Success : ExitCode.TargetFailed;
        while (!cancellationToken.IsCancellationRequested)
        {
            await CheckAsync(cancellationToken);
            await Task.Delay(Tick, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return await EndAsync();
    }

    async Task<bool> StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            state.Set(Planned);
            if (await schedule.StartAsync(_plan, cancellationToken) && state.Now.IsCluster)
                log.Info("reschedule", "the cluster's schedule was replaced by this one on all nodes");
        }
        catch (Exception failure) when (failure is not OutOfMemoryException && state.Now.IsCluster)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                log.Info("ending", "ended before the cluster's store responded; nothing was run");
                return false;
            }

            log.Error("store", $"the cluster's store {options.Current.Cluster!.Connection} is unavailable: {schedule.Describe(failure)}");
            return false;
        }

        state.Set(Planned);
        var now = state.Now;
        var where = now.IsCluster ? $"node {now.Node} of the cluster {options.Current.Cluster!.Name}" : now.Node;
        var text = $"{now.Cron} in {now.TimeZone.Id}, next slot {(now.NextSlot is { } next ? ScheduleLog.Time(next) : "none")}";
        log.Info("start", $"started on {where}: {text}");
        manager.Ready(text);
        return true;
    }

    ScheduleSnapshot Planned(ScheduleSnapshot now) =>
        now with
        {
            Cron = _plan.Text,
            Group = options.Current.Job.Group.ToString(),
            TimeZone = _plan.Zone,
            Interval = options.Current.Job.Interval ?? TimeSpan.Zero,
            NextSlot = _plan.Next(_time.GetUtcNow()),
        };

    /// <summary>Runs every second.</summary>
    async Task CheckAsync(CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        if (!_plan.IsEquivalentTo(options.Current.Plan))
            await RescheduleAsync(cancellationToken);
        state.Set(Planned);
        LogOverrun(now);
        if (_lastQuery == 0 || _time.GetElapsedTime(_lastQuery) >= AskEvery)
            await QueryStoreAsync(cancellationToken);
        var problem = Health.Problem(state.Now, _stored, now);
        state.Set(known => known with { Problem = problem, LastHealthCheck = _time.GetTimestamp() });
        manager.Status(problem ?? Status(state.Now));
        if (
            problem is not null
            || manager.WatchdogInterval is not { } every
            || (_lastPing != 0 && _time.GetElapsedTime(_lastPing) < every - Tick)
        )
            return;
        _lastPing = _time.GetTimestamp();
        manager.Alive();
    }

    static string Status(ScheduleSnapshot now) =>
        (
            now.Current is { } run
                ? $"slot {ScheduleLog.Time(run.Slot)} is running"
                : $"next slot {(now.NextSlot is { } next ? ScheduleLog.Time(next) : "none")}"
        )
        + (now.Last is { } last ? $", last run ended with exit code {(int)last.ExitCode}" : "")
        + (now.ReloadFailure is null ? "" : ", the settings are invalid and the previous ones are in use")
        + (now.StoreProblem is null ? "" : ", the cluster's store is unavailable");

    void LogOverrun(DateTimeOffset now)
    {
        if (state.Now.Current is not { OverrunsNextSlot: false } run || _plan.Next(run.Slot) is not { } next || now < next)
            return;
        state.Set(known =>
            known with
            {
                Current =
                    known.Current is { } current && current.Slot == run.Slot ? current with { OverrunsNextSlot = true } : known.Current,
            }
        );
        log.Warn(
            "outlasts",
            $"the run for slot {ScheduleLog.Time(run.Slot)} is still active, and slot {ScheduleLog.Time(next)} is due: "
                + "it starts when the run has ended"
        );
    }

    async Task QueryStoreAsync(CancellationToken cancellationToken)
    {
        _lastQuery = _time.GetTimestamp();
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(AskEvery * 2);
            _stored = await schedule.QueryAsync(limit.Token).WaitAsync(limit.Token);
            if (_stored?.LastSuccess is { } success)
                state.RecordClusterSuccess(success);
            if (_stored?.Last is { } last && state.Now.IsCluster)
                state.RecordClusterSlot(last);
            if (_stored is { IsBroken: true })
            {
                log.Error("scheduler", "Quartz put the trigger into the error state; it was reset");
                await schedule.RepairAsync(limit.Token).WaitAsync(limit.Token);
            }

            if (state.Now.StoreProblem is not null)
                log.Info("store", "the cluster's store is available again");
            state.Set(now => now with { StoreProblem = null });
        }
        catch (Exception failure) when (failure is not OutOfMemoryException && state.Now.IsCluster)
        {
            if (cancellationToken.IsCancellationRequested)
                return;
            if (state.Now.StoreProblem is null)
                log.Error("store", "the cluster's store is unavailable, and nothing runs until it is back: " + schedule.Describe(failure));
            state.Set(now => now with { StoreProblem = schedule.Describe(failure) });
        }
    }

    async Task RescheduleAsync(CancellationToken cancellationToken)
    {
        var plan = options.Current.Plan;
        try
        {
            await schedule.RescheduleAsync(plan, cancellationToken);
            _plan = plan;
            log.Info("reschedule", $"the schedule is now {plan.Text} in {plan.Zone.Id}");
        }
        catch (Exception failure) when (failure is not OutOfMemoryException && state.Now.IsCluster)
        {
            // Retried in a second. QueryStoreAsync reports the store's failure.
        }
    }

    void ReloadAsync()
    {
        manager.Reloading((long)(Stopwatch.GetTimestamp() * (1e6 / Stopwatch.Frequency)));
        options.Reload(isAsked: true);
        if (state.Now.ReloadFailure is null)
            log.Info("reload", "the settings were reloaded");
        manager.Ready(Status(state.Now));
    }

    async Task<ExitCode> EndAsync()
    {
        var grace = options.Current.Grace;
        runner.Stop();
        manager.Stopping("ending");
        manager.ExtendTimeout(grace + AfterCancel + 2 * ForStore);
        var run = state.Now.Current;
        log.Info(
            "stop",
            run is null ? "ending" : $"ending: the run for slot {ScheduleLog.Time(run.Slot)} may continue for {grace.TotalSeconds:0.###} s"
        );
        await WaitAsync(schedule.PauseAsync(CancellationToken.None), ForStore);
        if (!await WaitAsync(runner.Idle, grace))
        {
            log.Warn("stop", $"the run did not end within {grace.TotalSeconds:0.###} s and is cancelled");
            runner.Cancel();
            await WaitAsync(runner.Idle, AfterCancel);
        }

        await WaitAsync(schedule.StopAsync(CancellationToken.None), ForStore);
        var code = runner.WasCancelled || !runner.Idle.IsCompleted ? context.Signals.Received ?? ExitCode.Terminated : ExitCode.Success;
        log.Info("stop", code == ExitCode.Success ? "ended" : "ended; the run was cancelled");
        return code;
    }

    /// <summary>
    /// Whether the task completed in time. Its failure was logged where it happened, or belongs to the store, which is being closed.
    /// </summary>
    async Task<bool> WaitAsync(Task task, TimeSpan limit)
    {
        if (limit > TimeSpan.Zero)
            await Task.WhenAny(task, Task.Delay(limit, _time));
        if (task.IsFaulted)
            log.Warn("stop", schedule.Describe(task.Exception));
        return task.IsCompleted;
    }
}
