using BackupMetricsJob.Backups;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Configuration.File;
using BackupMetricsJob.Http;
using BackupMetricsJob.Pushgateway;

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

    public static async Task<PrometheusCheck> RunAsync(Uri address, JobOptions job, TimeProvider time, CancellationToken cancellationToken)
    {
        var name = address.GetLeftPart(UriPartial.Path).TrimEnd('/');
        var api = new PrometheusApi(address, null, Timeout, time);
        var (version, down) = await api.VersionAsync(cancellationToken);
        if (version is null)
            return new(name, GatewayChecks.StatusFor(down!), [], [GatewayChecks.CreateFinding(down!)]);
        var facts = new List<string> { $"Prometheus {version}" };
        var findings = new List<Finding>();
        try
        {
            var verdict = await CheckScrapingAsync(new PrometheusQueries(api, cancellationToken), job, facts, findings);
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
        List<string> facts,
        List<Finding> findings
    )
    {
        if (job.Gateways.Count == 0 && job.Textfile is not null)
            return await TextfileScrape.CheckAsync(prometheus, job, facts, findings);

        // The scraped series are better evidence than the configuration.
        var name = job.Group.Job;
        if (await prometheus.CountAsync($"push_time_seconds{{exported_job={PrometheusQueries.Quote(name)}}}") > 0)
        {
            findings.Add(
                new(
                    true,
                    $"series that job {name} pushed have exported_job={PrometheusQueries.Quote(name)}: "
                        + "a gateway is scraped without honor_labels",
                    HonorLabelsAdvice
                )
            );
            return ServerStatus.Misconfigured;
        }

        var isThere = await prometheus.CountAsync($"push_time_seconds{{job={PrometheusQueries.Quote(name)}}}") > 0;
        if (!isThere && (await prometheus.JobsAsync("pushgateway_build_info")).Count == 0)
        {
            // A run may do both, for two Prometheus servers.
            if (job.Textfile is not null)
                return await TextfileScrape.CheckAsync(prometheus, job, facts, findings);
            findings.Add(
                new(
                    true,
                    "it scrapes no Pushgateway (there is no series pushgateway_build_info)",
                    "Add the gateway to its scrape configuration, with honor_labels: true."
                )
            );
            return ServerStatus.Misconfigured;
        }

        if (isThere)
            facts.Add($"has the series that job {name} pushed");
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
