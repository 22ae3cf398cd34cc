using BackupMetricsJob.Backups;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Configuration.File;
using BackupMetricsJob.Exposition;
using BackupMetricsJob.Http;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Pushgateway.Api;

namespace BackupMetricsJob.Checking;

/// <summary>
/// Checks whether pushed series keep their labels in Prometheus. If the gateway is scraped without <c>honor_labels: true</c>, job and
/// instance become exported_job and exported_instance, and the rules match nothing. For node_exporter see <see cref="TextfileScrape"/>.
/// </summary>
internal static class PrometheusChecks
{
    const string HonorLabelsAdvice =
        "Set honor_labels: true in the scrape configuration of the gateway (honorLabels in a ServiceMonitor or PodMonitor).";

    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <param name="gateways">The checks of the gateways, which run at the same time.</param>
    public static async Task<PrometheusCheck> RunAsync(
        Uri address,
        JobOptions job,
        Task<GatewayCheck[]> gateways,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var begin = time.GetTimestamp();
        var api = new PrometheusApi(address, null, Timeout, time, job.Deadline);
        var name = api.Address;
        var (version, down) = await api.VersionAsync(cancellationToken);
        if (version is null)
        {
            var limit = GatewayChecks.ForAnother(job.Deadline - time.GetElapsedTime(begin));
            return new(name, GatewayChecks.StatusFor(down!), [], [await WhyAsync(down!, name, limit, time, cancellationToken)]);
        }

        var facts = new List<string> { $"Prometheus {version}" };
        var findings = new List<Finding>();
        try
        {
            var verdict = await CheckScrapingAsync(new PrometheusQueries(api, cancellationToken), job, gateways, facts, findings, time);
            return new(name, verdict, facts, findings);
        }
        catch (PrometheusQueries.FailedException e)
        {
            findings.Add(GatewayChecks.CreateFinding(e.Failure));
            return new(name, GatewayChecks.StatusFor(e.Failure), facts, findings);
        }
    }

    static async Task<ServerStatus> CheckScrapingAsync(
        PrometheusQueries prometheus,
        JobOptions job,
        Task<GatewayCheck[]> pushed,
        List<string> facts,
        List<Finding> findings,
        TimeProvider time
    )
    {
        if (job.Gateways.Count == 0 && job.Textfile is not null)
            return await TextfileScrape.CheckAsync(prometheus, job, facts, findings, time);

        // The scraped series are better evidence than the configuration.
        var name = job.Group.Job;
        var ours = PrometheusQueries.Quote(name);
        const string AnyOf = "{__name__=~\"push_time_seconds|backup_metrics_build_info\", ";
        if (await prometheus.CountAsync($"{AnyOf}exported_job={ours}}}") > 0)
            return Misconfigured(
                findings,
                $"series that job {name} pushed have exported_job={ours}: a gateway is scraped without honor_labels",
                HonorLabelsAdvice
            );

        var isThere = await prometheus.CountAsync($"{RunMetricNames.BuildInfo.Name}{{job={ours}}}") > 0;
        if (!isThere && (await prometheus.JobsAsync("pushgateway_build_info")).Count == 0)
        {
            // A run may do both, for two Prometheus servers.
            if (job.Textfile is not null)
                return await TextfileScrape.CheckAsync(prometheus, job, facts, findings, time);
            return Misconfigured(
                findings,
                "it scrapes no Pushgateway (there is no series pushgateway_build_info)",
                "Add the gateway to its scrape configuration, with honor_labels: true."
            );
        }

        if (isThere)
            facts.Add($"has the series that job {name} pushed");
        else if (await prometheus.CountAsync($"push_time_seconds{{job={ours}}}") > 0)
            return Misconfigured(
                findings,
                $"it has push_time_seconds of job {name}, and none of the series that the job pushed",
                "Look at metric_relabel_configs and sample_limit in the scrape configuration of the gateway."
            );
        else if (
            (await pushed).FirstOrDefault(gateway => gateway.PushedAgo > TextfileScrape.ScrapedSince) is { PushedAgo: { } ago } gateway
        )
            return Misconfigured(
                findings,
                $"it has no series of job {name}, which were pushed to {gateway.Gateway} {Humanize.Duration(ago)} ago",
                "Scrape this gateway, with honor_labels: true. It scrapes another one, or relabels what was pushed."
            );
        var settings = ScrapeSettings.Read(await prometheus.ConfigurationAsync());
        var verdict = ServerStatus.Ok;
        foreach (var gateway in job.Gateways)
        {
            var url = new Uri(gateway.Address.MetricsUrl);
            var scrapes = await prometheus.JobsAsync($"up{{instance={PrometheusQueries.Quote($"{url.Host}:{url.Port}")}}}");
            if (scrapes.Count == 0 && !(isThere && job.Gateways.Count == 1))
                findings.Add(
                    new(
                        false,
                        $"it scrapes nothing at {url.Host}:{url.Port}: either it does not scrape {gateway}, or it uses another address",
                        "Check its targets page."
                    )
                );
            foreach (var scrape in scrapes)
            {
                if (!HonorsLabels(gateway, scrape, settings, isThere, facts, findings))
                    verdict = ServerStatus.Misconfigured;
            }
        }

        return verdict;
    }

    internal static ServerStatus Misconfigured(List<Finding> findings, string what, string advice)
    {
        findings.Add(new(true, what, advice));
        return ServerStatus.Misconfigured;
    }

    static async Task<Finding> WhyAsync(
        ApiFailure failure,
        string address,
        TimeSpan limit,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        if (GatewayChecks.IsOfAnother(failure) && GatewayAddress.TryParse(address, []) is { } url)
        {
            if (
                (
                    await new GatewayApi(new(url) { AttemptTimeout = JobDefaults.GatewayTimeout }, time, limit).StatusAsync(
                        cancellationToken
                    )
                ).Value is
                { } status
            )
                return new(
                    true,
                    $"this is a Pushgateway ({status.Version}), not a Prometheus",
                    "Give the URL of the Prometheus that scrapes it."
                );
        }

        return GatewayChecks.CreateFinding(failure);
    }

    /// <summary>False if the gateway is known to be scraped without honor_labels.</summary>
    static bool HonorsLabels(
        Gateway gateway,
        string scrape,
        IReadOnlyDictionary<string, bool> settings,
        bool isThere,
        List<string> facts,
        List<Finding> findings
    )
    {
        if (!settings.TryGetValue(scrape, out var honors))
        {
            if (!isThere)
                findings.Add(
                    new(
                        false,
                        $"cannot tell whether its scrape job {scrape} has honor_labels: the job has another name in the configuration, "
                            + "and it has no series of this job yet",
                        "Push once, and check again."
                    )
                );
            return true;
        }

        if (honors)
            facts.Add($"scrapes {gateway} with honor_labels (scrape job {scrape})");
        else
            findings.Add(new(true, $"its scrape job {scrape} scrapes {gateway} without honor_labels", HonorLabelsAdvice));
        return honors;
    }
}
