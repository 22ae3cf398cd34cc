using Quartz;
using Quartz.Extensibility;

namespace BackupMetricsJob.Schedule.Scheduling;

/// <summary>Returns the same job each time, so that it keeps its state between slots.</summary>
internal sealed class SingleJobFactory(IJob job) : IJobFactory
{
    public ValueTask<JobScope> CreateJob(TriggerFiredBundle bundle, IScheduler scheduler, CancellationToken cancellationToken) =>
        new(new JobScope(job, null));

    public ValueTask ReturnJob(JobScope scope, CancellationToken cancellationToken) => default;
}
