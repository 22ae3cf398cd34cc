using BackupMetricsJob.Exposition;
using BackupMetricsJob.Reporting;
using BackupMetricsJob.Running;
using BackupMetricsJob.Schedule.Options;
using BackupMetricsJob.Schedule.Reporting;
using BackupMetricsJob.Schedule.State;

namespace BackupMetricsJob.Schedule.Scheduling;

/// <summary>
/// Runs a slot: the same run as <c>backup-metrics run</c>, with the current settings. A run that may succeed later is retried with
/// increasing delays until the next slot.
/// </summary>
internal sealed class SlotRunner(CurrentOptions options, ProcessContext context, BuildVersion build, ScheduleState state, ScheduleLog log)
    : IDisposable
{
    static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(30);

    readonly CancellationTokenSource _stop = new();
    readonly CancellationTokenSource _cancel = new();

    Task _idle = Task.CompletedTask;

    /// <summary>Completes when no run is active.</summary>
    public Task Idle => Volatile.Read(ref _idle);

    /// <summary>Stops retries; an active run continues.</summary>
    public void Stop() => _stop.Cancel();

    /// <summary>Cancels the active run: it ends within seconds and pushes what it knows.</summary>
    public void Cancel() => _cancel.Cancel();

    /// <summary>Whether a run was cancelled.</summary>
    public bool WasCancelled { get; private set; }

    public void Dispose()
    {
        _stop.Dispose();
        _cancel.Dispose();
    }

    /// <summary>Never throws: a bug is logged and counts as a failed run. True if the last attempt succeeded.</summary>
    public async Task<bool> RunAsync(DateTimeOffset slot)
    {
        var run = TryAsync(slot);
        Volatile.Write(ref _idle, run);
        return await run;
    }

    async Task<bool> TryAsync(DateTimeOffset slot)
    {
        if (!await SplayAsync(options.Current, slot))
            return false;
        var delay = FirstDelay;
        for (var tries = 0; ; tries++)
        {
            if (_stop.IsCancellationRequested)
                return false;
            var plan = options.Reload();
            var (code, succeeded) = await RunOnceAsync(plan, slot, tries > 0);
            if (code is not (ExitCode.PushNotDelivered or ExitCode.Bug) || _stop.IsCancellationRequested)
                return succeeded;
            var next = plan.Plan.Next(slot);
            var again = context.Time.GetUtcNow() + delay;
            if (again >= next)
            {
                log.Warn(
                    "retry",
                    $"the run for slot {ScheduleLog.Time(slot)} failed; it is not retried, "
                        + $"because the next slot is {ScheduleLog.Time(next.Value)}"
                );
                return succeeded;
            }

            log.Warn("retry", $"the run for slot {ScheduleLog.Time(slot)} failed; it is retried at {ScheduleLog.Time(again)}");
            await Task.Delay(delay, context.Time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            delay *= 2;
        }
    }

    /// <summary>
    /// Waits for the same splay as <c>backup-metrics run</c>, but once per slot: SIGTERM ends the wait at once, retries do not wait again,
    /// and a waiting run is not taken for a hung one. False if it was stopped.
    /// </summary>
    async Task<bool> SplayAsync(ScheduleOptions plan, DateTimeOffset slot)
    {
        if (plan.Job.Splay <= TimeSpan.Zero || !plan.Pushes || plan.Output.DryRun)
            return true;
        var wait = Splay.Delay(plan.Job.Splay, Environment.MachineName, plan.Job.Group);
        log.Info(
            "splay",
            $"the run for slot {ScheduleLog.Time(slot)} waits until {ScheduleLog.Time(context.Time.GetUtcNow() + wait)}, " + "its splay"
        );
        return await Splay.WaitAsync(wait, context.Time, _stop.Token);
    }

    async Task<(ExitCode Code, bool Succeeded)> RunOnceAsync(ScheduleOptions plan, DateTimeOffset slot, bool isRetry)
    {
        var began = context.Time.GetUtcNow();
        state.Begin(new(slot, began, isRetry) { Deadline = plan.Job.Deadline });
        try
        {
            using var heartbeat = new HeartbeatCalls(plan.Job.Heartbeat, plan.Job.HeartbeatTimeout, context.Time);
            var report = await RunAsync(plan, heartbeat);
            var failures = await heartbeat.EndAsync(() => HeartbeatReport.Write(report, Code(), []), _cancel.Token);
            report = report with { HeartbeatFailures = failures };
            WasCancelled |= _cancel.IsCancellationRequested;
            var code = Code();
            if (!plan.Output.Quiet || !RunSummary.IsAllWell(report, code))
                RunSummary.Write(report, code, plan.Output.LogFormat, context);
            var series = plan.Listen is null ? null : await ScrapeText.OfRunAsync(report, plan.Job.Group);
            var run = new LastRun(slot, isRetry, began, context.Time.GetUtcNow(), report, code) { Series = series };
            state.End(run);
            return (code, ScheduleState.Succeeded(run));

            ExitCode Code() =>
                ExitCodes.ForRun(report, _cancel.IsCancellationRequested ? ExitCode.Terminated : null, plan.Output.FailOnTarget);
        }
        catch (OutputException failure)
        {
            state.Drop(context.Time.GetUtcNow(), ExitCode.OutputFailed);
            log.Error("output", failure.Message);
            return (ExitCode.OutputFailed, false);
        }
#pragma warning disable CA1031 // A bug fails one run, is logged, and does not end the daemon.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            state.Drop(context.Time.GetUtcNow(), ExitCode.Bug);
            log.Error("bug", $"bug: {bug.GetType().Name}: {bug.Message}", json => json.WriteString("stack", bug.StackTrace));
            return (ExitCode.Bug, false);
        }
    }

    Task<RunReport> RunAsync(ScheduleOptions plan, HeartbeatCalls heartbeat) =>
        plan.Output.DryRun ? JobRun.DryRunAsync(plan.Job, build, context.Time, context.Output, _cancel.Token)
        : plan.Pushes
            ? JobRun.RunAsync(plan.Job with { Splay = TimeSpan.Zero }, build, context.Time, _cancel.Token, before: Begin(heartbeat))
        : JobRun.ProbeAsync(plan.Job, context.Time, _cancel.Token, build: build);

    static Func<Task> Begin(HeartbeatCalls heartbeat) =>
        () =>
        {
            heartbeat.Begin();
            return Task.CompletedTask;
        };
}
