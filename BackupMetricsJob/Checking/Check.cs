using BackupMetricsJob.Configuration;
using BackupMetricsJob.Running;

namespace BackupMetricsJob.Checking;

/// <summary>
/// Tests everything that a run needs without changing anything: the settings, every target, every gateway, the textfile, the heartbeat,
/// and Prometheus if its URL is given. It takes no longer than the deadline of a run.
/// </summary>
internal static class Check
{
    /// <param name="job">The settings of a run.</param>
    /// <param name="prometheus">The Prometheus that scrapes the gateways; null to skip it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="progress">Receives the progress of the probes.</param>
    /// <param name="stop">Ends the check at once. The report contains what is known by then.</param>
    public static async Task<CheckReport> RunAsync(
        JobOptions job,
        Uri? prometheus,
        TimeProvider time,
        RunProgress? progress,
        CancellationToken stop
    )
    {
        // All in parallel, so that none has to wait and all end within the deadline.
        var gateways = Task.WhenAll(job.Gateways.Select(gateway => GatewayChecks.RunAsync(gateway, job, time, stop)));
        var scraper = prometheus is null ? null : PrometheusChecks.RunAsync(prometheus, job, gateways, time, stop);
        var textfile = TextfileChecks.RunAsync(job, time);
        var heartbeats = HeartbeatChecks.RunAsync(job, time, stop);
        var probed = (await JobRun.ProbeAsync(job, time, stop, progress, inspect: true)).Results;
        var targets = new TargetCheck[job.Targets.Count];
        for (var i = 0; i < targets.Length; i++)
            targets[i] = new(probed[i], TargetFindings.For(job.Targets[i], probed[i]));
        return new(SettingsFindings.For(job), targets, await gateways, scraper is null ? null : await scraper)
        {
            Textfile = await textfile,
            Heartbeats = await heartbeats,
        };
    }
}
