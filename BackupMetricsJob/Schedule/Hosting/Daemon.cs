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

/// <summary>
/// The process from its start to its end: it lets Quartz fire, looks every second whether all is well, and ends when it is told to.
/// </summary>
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

    /// <summary>A run that was cut pushes what it knows, which JobRun does in 9 s.</summary>
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
        options.LogWarnings();
        var stop = context.Signals.Stop;
        if (!await StartAsync(stop))
            return stop.IsCancellationRequested ? ExitCode.Success : ExitCode.TargetFailed;
        while (!stop.IsCancellationRequested)
        {
            await CheckAsync(stop);
            await Task.Delay(Tick, _time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return await EndAsync();
    }

    async Task<bool> StartAsync(CancellationToken stop)
    {
        try
        {
            state.Set(Planned);
            if (await schedule.StartAsync(_plan, stop) && state.Now.IsCluster)
                log.Info("reschedule", "the cluster's schedule is changed to this one, on all nodes");
        }
        catch (Exception failure) when (failure is not OutOfMemoryException && state.Now.IsCluster)
        {
            if (stop.IsCancellationRequested)
            {
                log.Info("ending", "ended before the cluster's store had answered; nothing was run");
                return false;
            }

            log.Error("store", $"the cluster's store {options.Current.Cluster!.Connection} cannot be used: {schedule.Describe(failure)}");
            return false;
        }

        state.Set(Planned);
        var now = state.Now;
        var where = now.IsCluster ? $"node {now.Node} of the cluster {options.Current.Cluster!.Name}" : now.Node;
        var text = $"{now.Cron} in {now.TimeZone.Id}, the next slot is {(now.NextSlot is { } next ? ScheduleLog.Time(next) : "none")}";
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

    /// <summary>What there is to do every second.</summary>
    async Task CheckAsync(CancellationToken stop)
    {
        var now = _time.GetUtcNow();
        if (!_plan.IsEquivalentTo(options.Current.Plan))
            await RescheduleAsync(stop);
        state.Set(Planned);
        LogOverrun(now);
        if (_lastQuery == 0 || _time.GetElapsedTime(_lastQuery) >= AskEvery)
            await QueryStoreAsync(stop);
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
        + (now.Last is { } last ? $", last run ended with {(int)last.ExitCode}" : "")
        + (now.ReloadFailure is null ? "" : ", the settings are broken and older ones are in use")
        + (now.StoreProblem is null ? "" : ", the cluster's store cannot be asked");

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
            $"the run for slot {ScheduleLog.Time(run.Slot)} is still going on, and slot {ScheduleLog.Time(next)} is due: "
                + "it is caught up when the run has ended"
        );
    }

    async Task QueryStoreAsync(CancellationToken stop)
    {
        _lastQuery = _time.GetTimestamp();
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(AskEvery * 2);
            _stored = await schedule.QueryAsync(limit.Token).WaitAsync(limit.Token);
            if (_stored?.LastSuccess is { } success)
                state.RecordClusterSuccess(success);
            if (_stored?.Last is { } last && state.Now.IsCluster)
                state.RecordClusterSlot(last);
            if (_stored is { IsBroken: true })
            {
                log.Error("scheduler", "Quartz had given the schedule up; it is taken up again");
                await schedule.RepairAsync(limit.Token).WaitAsync(limit.Token);
            }

            if (state.Now.StoreProblem is not null)
                log.Info("store", "the cluster's store can be asked again");
            state.Set(now => now with { StoreProblem = null });
        }
        catch (Exception failure) when (failure is not OutOfMemoryException && state.Now.IsCluster)
        {
            if (stop.IsCancellationRequested)
                return;
            if (state.Now.StoreProblem is null)
                log.Error("store", "the cluster's store cannot be asked, so nothing is run until it can: " + schedule.Describe(failure));
            state.Set(now => now with { StoreProblem = schedule.Describe(failure) });
        }
    }

    async Task RescheduleAsync(CancellationToken stop)
    {
        var plan = options.Current.Plan;
        try
        {
            await schedule.RescheduleAsync(plan, stop);
            _plan = plan;
            log.Info("reschedule", $"the schedule is now {plan.Text} in {plan.Zone.Id}");
        }
        catch (Exception failure) when (failure is not OutOfMemoryException && state.Now.IsCluster)
        {
            // It is tried again in a second; the store's trouble is told where it is asked.
        }
    }

    void ReloadAsync()
    {
        manager.Reloading((long)(Stopwatch.GetTimestamp() * (1e6 / Stopwatch.Frequency)));
        options.Reload(isAsked: true);
        if (state.Now.ReloadFailure is null)
            log.Info("reload", "the settings have been read again");
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
            run is null ? "ending" : $"ending: the run for slot {ScheduleLog.Time(run.Slot)} may go on for {grace.TotalSeconds:0.###} s"
        );
        await WaitAsync(schedule.PauseAsync(CancellationToken.None), ForStore);
        if (!await WaitAsync(runner.Idle, grace))
        {
            log.Warn("stop", $"the run did not end within {grace.TotalSeconds:0.###} s and is cut");
            runner.Cancel();
            await WaitAsync(runner.Idle, AfterCancel);
        }

        await WaitAsync(schedule.StopAsync(CancellationToken.None), ForStore);
        var code = runner.WasCancelled || !runner.Idle.IsCompleted ? context.Signals.Received ?? ExitCode.Terminated : ExitCode.Success;
        log.Info("stop", code == ExitCode.Success ? "ended" : "ended; the run was cut");
        return code;
    }

    /// <summary>Whether it ended in time. What went wrong in it was told where it happened, or is of the store, which is left.</summary>
    async Task<bool> WaitAsync(Task task, TimeSpan limit)
    {
        if (limit > TimeSpan.Zero)
            await Task.WhenAny(task, Task.Delay(limit, _time));
        if (task.IsFaulted)
            log.Warn("stop", schedule.Describe(task.Exception));
        return task.IsCompleted;
    }
}
