using Quartz;
using Quartz.Extensibility;

namespace BackupMetricsJob.Schedule.Scheduling;

/// <summary>Gives Quartz the one job that there is: it keeps what it knows between two slots.</summary>
internal sealed class SingleJobFactory(IJob job) : IJobFactory
{
    public ValueTask<JobScope> CreateJob(TriggerFiredBundle bundle, IScheduler scheduler, CancellationToken cancellationToken) =>
        new(new JobScope(job, null));

    public ValueTask ReturnJob(JobScope scope, CancellationToken cancellationToken) => default;
}
