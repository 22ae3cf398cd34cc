using System.Data.Common;
using System.Security.Authentication;
using BackupMetricsJob.Postgres;
using BackupMetricsJob.Schedule.Options;
using BackupMetricsJob.Schedule.Slots;
using BackupMetricsJob.Schedule.State;
using Quartz;

namespace BackupMetricsJob.Schedule.Scheduling;

/// <summary>The schedule's state in the store.</summary>
/// <param name="Cron">The cron expression, seconds first.</param>
/// <param name="Next">Quartz' next fire time; in the past if it is overdue.</param>
/// <param name="LastSuccess">The last success of a run, on any node.</param>
/// <param name="IsRunning">Whether a run is active on any node: until it ends, nothing fires.</param>
/// <param name="IsBroken">Whether the trigger is in Quartz' error state.</param>
/// <param name="Last">The last completed slot, on any node.</param>
internal sealed record StoredSchedule(
    string Cron,
    DateTimeOffset? Next,
    DateTimeOffset? LastSuccess,
    bool IsRunning,
    bool IsBroken,
    ClusterSlot? Last = null
);

/// <summary>Quartz with one job and one trigger. Fires from <see cref="StartAsync"/> to <see cref="StopAsync"/>.</summary>
internal sealed class QuartzSchedule : IAsyncDisposable
{
    static readonly TriggerKey Slots = new("slots");
    static readonly JobKey Run = new("run");
    static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    readonly StandaloneSchedulerFactory _factory;
    readonly DbDataSource? _connections;
    readonly CertificateCheck? _check;
    readonly TimeProvider _time;
    IScheduler? _scheduler;

    /// <param name="cluster">Null without a cluster.</param>
    /// <param name="job">Runs at each slot.</param>
    /// <param name="time">The clock.</param>
    /// <param name="check">Verifies the store's server certificate; null for no verification.</param>
    public QuartzSchedule(ClusterOptions? cluster, SlotJob job, TimeProvider time, CertificateCheck? check = null)
    {
        _time = time;
        _check = check;
        _connections = cluster is null ? null : NpgsqlDataSourceFactory.CreatePool(cluster.Connection, ConnectTimeout, check);
        _factory = QuartzSchedulerBuilder
            .Create(scheduler =>
            {
                scheduler.UseTimeProvider(time);
                scheduler.UseDefaultThreadPool(2);
                scheduler.UseJobFactory(new SingleJobFactory(job));
                if (cluster is null)
                    QuartzStore.InMemory(scheduler);
                else
                    QuartzStore.InPostgres(scheduler, cluster, _connections!);
            })
            .Build();
    }

    /// <summary>Starts firing. True if the store had another schedule, which <paramref name="plan"/> replaces.</summary>
    public async Task<bool> StartAsync(CronSchedule plan, CancellationToken cancellationToken)
    {
        _scheduler = await _factory.GetScheduler(cancellationToken);
        try
        {
            await _scheduler.AddJob(
                JobBuilder.Create<SlotJob>().WithIdentity(Run).StoreDurably().RequestRecovery().Build(),
                default,
                cancellationToken
            );
        }
        catch (ObjectAlreadyExistsException)
        {
            // Another node has added the job. Its data must be kept.
        }

        await _scheduler.ScheduleTrigger(Trigger(plan), TriggerConflict.Keep, cancellationToken);
        var stored = await _scheduler.GetTrigger(Slots, cancellationToken) as ICronTrigger;
        var differs = stored is null || stored.CronExpressionString != plan.Cron.CronExpressionString || stored.TimeZone.Id != plan.Zone.Id;
        if (differs)
            await RescheduleAsync(plan, cancellationToken);
        await _scheduler.Start(cancellationToken);
        return differs;
    }

    /// <summary>Replaces the schedule; in a cluster, on all nodes.</summary>
    public async Task RescheduleAsync(CronSchedule plan, CancellationToken cancellationToken) =>
        await _scheduler!.ScheduleTrigger(Trigger(plan), TriggerConflict.Replace, cancellationToken);

    /// <summary>Queries the store; throws if it is unavailable. Null if the schedule is missing.</summary>
    public async Task<StoredSchedule?> QueryAsync(CancellationToken cancellationToken)
    {
        if (await _scheduler!.GetTrigger(Slots, cancellationToken) is not ICronTrigger trigger)
            return null;
        var job = await _scheduler.GetJobDetail(Run, cancellationToken);
        var state = await _scheduler.GetTriggerState(Slots, cancellationToken);
        return new(
            trigger.CronExpressionString ?? "",
            trigger.NextFireTimeUtc,
            job is null ? null : SlotJob.Read(job.JobDataMap, SlotJob.LastSuccess),
            state == TriggerState.Blocked,
            state == TriggerState.Error,
            job is null ? null : SlotJob.ReadLast(job.JobDataMap)
        );
    }

    /// <summary>Resets a trigger from Quartz' error state.</summary>
    public async Task RepairAsync(CancellationToken cancellationToken) =>
        await _scheduler!.ResetTriggerFromErrorState(Slots, cancellationToken);

    /// <summary>The store's failure in one line.</summary>
    public string Describe(Exception failure)
    {
        var cause = failure.GetBaseException();
        return (cause is AuthenticationException ? _check?.Refusal?.Message : null) ?? Text.PlainText.OnOneLine(cause.Message);
    }

    /// <summary>Stops firing; an active run continues.</summary>
    public async Task PauseAsync(CancellationToken cancellationToken) => await _scheduler!.Standby(cancellationToken);

    /// <summary>Waits for the active job and stores its result.</summary>
    public async Task StopAsync(CancellationToken cancellationToken) => await _scheduler!.Shutdown(true, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _factory.DisposeAsync();
        if (_connections is not null)
            await _connections.DisposeAsync();
    }

    ITrigger Trigger(CronSchedule plan) =>
        TriggerBuilder
            .Create(_time)
            .WithIdentity(Slots)
            .ForJob(Run)
            .WithCronSchedule(
                plan.Cron,
                cron => cron.InTimeZone(plan.Zone).WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed)
            )
            .Build();
}
