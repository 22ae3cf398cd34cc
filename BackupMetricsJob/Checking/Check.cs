using BackupMetricsJob.Configuration;
using BackupMetricsJob.Running;

namespace BackupMetricsJob.Checking;

/// <summary>
/// Tests everything that a run needs without changing anything: the settings, every target, every gateway, the textfile, and
/// Prometheus if its URL is given.
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
        var probed = (await JobRun.ProbeAsync(job, time, stop, progress, inspect: true)).Results;
        var targets = new TargetCheck[job.Targets.Count];
        for (var i = 0; i < targets.Length; i++)
            targets[i] = new(probed[i], TargetFindings.For(job.Targets[i], probed[i]));
        var gateways = await Task.WhenAll(job.Gateways.Select(gateway => GatewayChecks.RunAsync(gateway, job, time, stop)));
        var scraper = prometheus is null ? null : await PrometheusChecks.RunAsync(prometheus, job, time, stop);
        return new(SettingsFindings.For(job), targets, gateways, scraper) { Textfile = await TextfileChecks.RunAsync(job, time) };
    }
}
