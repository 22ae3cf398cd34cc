using BackupMetricsJob.Configuration;
using BackupMetricsJob.Running;

namespace BackupMetricsJob.Checking;

/// <summary>
/// Tries everything that a run needs, and changes nothing: the settings, every target, every gateway, and Prometheus where one is named.
/// </summary>
internal static class Check
{
    /// <param name="job">What a run would do.</param>
    /// <param name="prometheus">The Prometheus that scrapes the gateways; null where it is not asked.</param>
    /// <param name="time">The clock.</param>
    /// <param name="progress">Is told how far it has come.</param>
    /// <param name="stop">Ends it at once; what is known then is told.</param>
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
        return new(SettingsFindings.For(job), targets, gateways, scraper);
    }
}
