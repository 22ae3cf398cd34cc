using System.Data.Common;
using System.Security.Authentication;
using BackupMetricsJob.Postgres;
using BackupMetricsJob.Schedule.Options;
using BackupMetricsJob.Schedule.Slots;
using BackupMetricsJob.Schedule.State;
using Quartz;

namespace BackupMetricsJob.Schedule.Scheduling;

/// <summary>What the store says of the schedule.</summary>
/// <param name="Cron">The expression that is followed, with the seconds first.</param>
/// <param name="Next">When Quartz fires next; in the past where it should have fired.</param>
/// <param name="LastSuccess">When a run last succeeded, on any node.</param>
/// <param name="IsRunning">Whether a run is going on, on any node: until it ends nothing is fired.</param>
/// <param name="IsBroken">Whether Quartz has given this trigger up.</param>
/// <param name="Last">The last slot that was done, on any node.</param>
internal sealed record StoredSchedule(
    string Cron,
    DateTimeOffset? Next,
    DateTimeOffset? LastSuccess,
    bool IsRunning,
    bool IsBroken,
    ClusterSlot? Last = null
);

/// <summary>Quartz with one job and one trigger. It fires from <see cref="StartAsync"/> to <see cref="StopAsync"/>.</summary>
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

    /// <param name="cluster">Null for a host on its own.</param>
    /// <param name="job">What is done at a slot.</param>
    /// <param name="time">The clock.</param>
    /// <param name="check">Judges the certificate of the store's server; null where it is not looked at.</param>
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
                    ScheduleStore.InMemory(scheduler);
                else
                    ScheduleStore.InPostgres(scheduler, cluster, _connections!);
            })
            .Build();
    }

    /// <summary>Begins to fire. True if the store had another schedule, which now is <paramref name="plan"/>.</summary>
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
            // Another node was here before. What it did last is kept with the job.
        }

        await _scheduler.ScheduleTrigger(Trigger(plan), TriggerConflict.Keep, cancellationToken);
        var stored = await _scheduler.GetTrigger(Slots, cancellationToken) as ICronTrigger;
        var differs = stored is null || stored.CronExpressionString != plan.Cron.CronExpressionString || stored.TimeZone.Id != plan.Zone.Id;
        if (differs)
            await RescheduleAsync(plan, cancellationToken);
        await _scheduler.Start(cancellationToken);
        return differs;
    }

    /// <summary>Follows another plan from now on, in a cluster on all nodes.</summary>
    public async Task RescheduleAsync(CronSchedule plan, CancellationToken cancellationToken) =>
        await _scheduler!.ScheduleTrigger(Trigger(plan), TriggerConflict.Replace, cancellationToken);

    /// <summary>Asks the store, which throws where it cannot be asked; null where the schedule is not in it any more.</summary>
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

    /// <summary>Makes Quartz fire a trigger again that it had given up.</summary>
    public async Task RepairAsync(CancellationToken cancellationToken) =>
        await _scheduler!.ResetTriggerFromErrorState(Slots, cancellationToken);

    /// <summary>Why the store could not be used, in one line.</summary>
    public string Describe(Exception failure)
    {
        var cause = failure.GetBaseException();
        return (cause is AuthenticationException ? _check?.Refusal?.Message : null) ?? Text.PlainText.OnOneLine(cause.Message);
    }

    /// <summary>Fires no more; a run that is going on goes on.</summary>
    public async Task PauseAsync(CancellationToken cancellationToken) => await _scheduler!.Standby(cancellationToken);

    /// <summary>Waits for the job that is going on, and tells the store how it ended.</summary>
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
