using BackupMetricsJob.Exposition;
using BackupMetricsJob.Reporting;
using BackupMetricsJob.Running;
using BackupMetricsJob.Schedule.Options;
using BackupMetricsJob.Schedule.Reporting;
using BackupMetricsJob.Schedule.State;

namespace BackupMetricsJob.Schedule.Scheduling;

/// <summary>
/// What is done for one slot: the very same run as <c>backup-metrics run</c>, with the settings of this moment. One that failed and may
/// succeed later is tried again, more and more seldom, as long as the next slot has not come.
/// </summary>
internal sealed class SlotRunner(CurrentOptions options, ProcessContext context, BuildVersion build, ScheduleState state, ScheduleLog log)
    : IDisposable
{
    static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(30);

    readonly CancellationTokenSource _stop = new();
    readonly CancellationTokenSource _cancel = new();

    Task _idle = Task.CompletedTask;

    /// <summary>Ends when no run is going on.</summary>
    public Task Idle => Volatile.Read(ref _idle);

    /// <summary>No run is tried again from now on; one that is going on goes on.</summary>
    public void Stop() => _stop.Cancel();

    /// <summary>The run that is going on ends within seconds, and pushes what it knows.</summary>
    public void Cancel() => _cancel.Cancel();

    /// <summary>Whether a run was cut short.</summary>
    public bool WasCancelled { get; private set; }

    public void Dispose()
    {
        _stop.Dispose();
        _cancel.Dispose();
    }

    /// <summary>Never throws: a bug is told, and counts as a failed run. True if the last try succeeded.</summary>
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
            if (code is not (ExitCode.PushNotArrived or ExitCode.Bug) || _stop.IsCancellationRequested)
                return succeeded;
            var next = plan.Plan.Next(slot);
            var again = context.Time.GetUtcNow() + delay;
            if (again >= next)
            {
                log.Warn(
                    "retry",
                    $"the run for slot {ScheduleLog.Time(slot)} failed; it is not tried again, "
                        + $"since the next slot is {ScheduleLog.Time(next.Value)}"
                );
                return succeeded;
            }

            log.Warn("retry", $"the run for slot {ScheduleLog.Time(slot)} failed; it is tried again at {ScheduleLog.Time(again)}");
            await Task.Delay(delay, context.Time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            delay *= 2;
        }
    }

    /// <summary>
    /// The moment is that of <c>backup-metrics run</c>. It is waited for here, once for a slot: so SIGTERM ends the waiting at once, a
    /// retry does not wait for it, and a run that hangs is told from one that waits. False if it was stopped.
    /// </summary>
    async Task<bool> SplayAsync(ScheduleOptions plan, DateTimeOffset slot)
    {
        if (plan.Job.Splay <= TimeSpan.Zero || !plan.Pushes || plan.Output.DryRun)
            return true;
        var wait = Splay.Delay(plan.Job.Splay, Environment.MachineName, plan.Job.Group);
        log.Info(
            "splay",
            $"the run for slot {ScheduleLog.Time(slot)} waits until {ScheduleLog.Time(context.Time.GetUtcNow() + wait)}, "
                + "its part of the splay"
        );
        return await Splay.WaitAsync(wait, context.Time, _stop.Token);
    }

    async Task<(ExitCode Code, bool Succeeded)> RunOnceAsync(ScheduleOptions plan, DateTimeOffset slot, bool isRetry)
    {
        var began = context.Time.GetUtcNow();
        state.Begin(new(slot, began, isRetry) { Deadline = plan.Job.Deadline });
        try
        {
            var report = await RunAsync(plan);
            WasCancelled |= _cancel.IsCancellationRequested;
            var code = ExitCodes.For(report, _cancel.IsCancellationRequested ? ExitCode.Terminated : null, plan.Output.FailOnTarget);
            RunSummary.Write(report, code, plan.Output.LogFormat, context);
            var series = plan.Listen is null ? null : await ScrapeText.OfRunAsync(report, plan.Job.Group);
            var run = new LastRun(slot, isRetry, began, context.Time.GetUtcNow(), report, code) { Series = series };
            state.End(run);
            return (code, ScheduleState.Succeeded(run));
        }
        catch (OutputException failure)
        {
            state.Drop(context.Time.GetUtcNow(), ExitCode.OutputFailed);
            log.Error("output", failure.Message);
            return (ExitCode.OutputFailed, false);
        }
#pragma warning disable CA1031 // A bug ends a run, and is told; it does not end the daemon.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            state.Drop(context.Time.GetUtcNow(), ExitCode.Bug);
            log.Error("bug", $"bug: {bug.GetType().Name}: {bug.Message}", json => json.WriteString("stack", bug.StackTrace));
            return (ExitCode.Bug, false);
        }
    }

    Task<RunReport> RunAsync(ScheduleOptions plan) =>
        plan.Output.DryRun ? JobRun.WriteAsync(plan.Job, build, context.Time, context.Output, _cancel.Token)
        : plan.Pushes ? JobRun.PushAsync(plan.Job with { Splay = TimeSpan.Zero }, build, context.Time, _cancel.Token)
        : JobRun.ProbeAsync(plan.Job, context.Time, _cancel.Token, build: build);
}
