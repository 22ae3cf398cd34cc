using System.Globalization;
using System.Text.Json;
using BackupMetricsJob.Reporting;
using BackupMetricsJob.Schedule.Options;
using BackupMetricsJob.Schedule.Reporting;
using BackupMetricsJob.Schedule.State;
using Quartz;

namespace BackupMetricsJob.Schedule.Scheduling;

/// <summary>
/// The Quartz job: runs when a slot is due, on one node and never concurrently. The last completed slot is stored with the job, in a
/// cluster for all nodes. So each slot either runs once or is reported as missed, even after a crash during a run.
/// </summary>
[DisallowConcurrentExecution]
[PersistJobDataAfterExecution]
internal sealed class SlotJob(SlotRunner runner, CurrentOptions options, ScheduleState state, ScheduleLog log, TimeProvider time) : IJob
{
    public const string LastSlot = "lastSlot";
    public const string LastNode = "lastNode";
    public const string LastSuccess = "lastSuccess";

    const int MaxMissed = 100_000;
    static readonly TimeSpan Late = TimeSpan.FromSeconds(5);

    DateTimeOffset? _last;

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        var data = context.JobDetail.JobDataMap;
        var plan = options.Current.Plan;
        // Results are as of now, so a run that makes up for missed slots counts as the latest one. A timer may fire slightly early.
        var due = new[] { context.ScheduledFireTimeUtc, time.GetUtcNow() }.Max()!.Value;
        var slot = plan.LastAtOrBefore(due) ?? due;
        var last = new[] { _last, Read(data, LastSlot) }.Max();
        if (slot <= last)
        {
            log.Info(
                "past",
                $"slot {ScheduleLog.Time(slot)} is skipped here: "
                    + $"{(slot == last ? "it" : "the later slot " + ScheduleLog.Time(last.Value))} was run on "
                    + $"{data.GetValueOrDefault(LastNode)}; no slot runs twice"
            );
            return;
        }

        // Covers the first slot in a new store, too, which no node has completed.
        if ((last ?? FailedSlot(context)?.AddTicks(-1)) is { } before)
            LogMissed(plan.Between(before, slot, MaxMissed));
        LogBegin(slot, context.Recovering);
        _last = slot;
        var succeeded = await runner.RunAsync(slot);
        Log(
            $"slot {ScheduleLog.Time(slot)} ended on {state.Now.Node}, {HowItEnded(slot, succeeded)}",
            "slot_end",
            slot,
            json => json.WriteBoolean("success", succeeded)
        );
        data[LastSlot] = Text(slot);
        data[LastNode] = state.Now.Node;
        if (succeeded)
            data[LastSuccess] = Text(time.GetUtcNow());
    }

    string HowItEnded(DateTimeOffset slot, bool succeeded)
    {
        var code = state.Now.History is [.., var run] && run.Slot == slot ? run.ExitCode : ExitCode.Success;
        return code is ExitCode.Terminated or ExitCode.Interrupted ? "and was cancelled"
            : !succeeded ? "and failed"
            : code == ExitCode.Success ? "and is done"
            : $"and is done, with exit code {(int)code}";
    }

    /// <summary>The slot during which another node died, if this run recovers it; otherwise null.</summary>
    static DateTimeOffset? FailedSlot(IJobExecutionContext context) =>
        context.Recovering
        && context.MergedJobDataMap.GetValueOrDefault(SchedulerConstants.FailedJobOriginalTriggerScheduledFireTime) is string text
        && long.TryParse(text, CultureInfo.InvariantCulture, out var moment)
            ? DateTimeOffset.FromUnixTimeMilliseconds(moment)
            : null;

    /// <summary>A time stored by <see cref="Execute"/>; null for none.</summary>
    public static DateTimeOffset? Read(JobDataMap data, string name) =>
        data.GetValueOrDefault(name) is string text && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var moment)
            ? moment
            : null;

    /// <summary>The last completed slot and its node; null for none.</summary>
    public static ClusterSlot? ReadLast(JobDataMap data) =>
        Read(data, LastSlot) is { } slot ? new(slot, data.GetValueOrDefault(LastNode) as string ?? "") : null;

    void LogMissed(IReadOnlyList<DateTimeOffset> missed)
    {
        if (missed.Count == 0)
            return;
        var many =
            missed.Count == 1
                ? $"slot {ScheduleLog.Time(missed[0])} was missed"
                : $"{missed.Count} slots were missed, from {ScheduleLog.Time(missed[0])} to {ScheduleLog.Time(missed[^1])}";
        log.Warn(
            "missed",
            $"{many}; one run now makes up for {(missed.Count == 1 ? "it" : "all of them")}",
            json =>
            {
                json.WriteNumber("slots", missed.Count);
                json.WriteString("first", ScheduleLog.Time(missed[0]));
                json.WriteString("last", ScheduleLog.Time(missed[^1]));
            }
        );
    }

    void LogBegin(DateTimeOffset slot, bool isRecovering)
    {
        var node = state.Now.Node;
        var late = time.GetUtcNow() - slot;
        var why =
            isRecovering ? ", as a recovery, because the node that ran it is gone"
            : late > Late ? $", {late.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)} s late"
            : "";
        Log(
            $"slot {ScheduleLog.Time(slot)} begins on {node}{why}",
            "slot",
            slot,
            json =>
            {
                json.WriteBoolean("recovered", isRecovering);
                json.WriteNumber("late_seconds", Math.Round(late.TotalSeconds, 3));
            }
        );
    }

    void Log(string message, string name, DateTimeOffset slot, Action<Utf8JsonWriter> more) =>
        log.Info(
            name,
            message,
            json =>
            {
                json.WriteString("slot", ScheduleLog.Time(slot));
                json.WriteString("node", state.Now.Node);
                more(json);
            }
        );

    static string Text(DateTimeOffset moment) => moment.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);
}
