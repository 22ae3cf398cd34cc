using System.Text.Json;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Configuration.File;
using BackupMetricsJob.Http;
using BackupMetricsJob.Pushgateway;

namespace BackupMetricsJob.Checking;

/// <summary>
/// Checks whether pushed series keep their labels in Prometheus. If the gateway is scraped without <c>honor_labels: true</c>, job and
/// instance become exported_job and exported_instance, and the rules match nothing.
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
            var verdict = await CheckScrapingAsync(new Queries(api, cancellationToken), job, facts, findings);
            return new(name, verdict, facts, findings);
        }
        catch (QueryFailedException e)
        {
            findings.Add(GatewayChecks.CreateFinding(e.Failure));
            return new(name, GatewayChecks.StatusFor(e.Failure), facts, findings);
        }
    }

    static async Task<ServerStatus> CheckScrapingAsync(Queries prometheus, JobOptions job, List<string> facts, List<Finding> findings)
    {
        // The scraped series are better evidence than the configuration.
        var name = job.Group.Job;
        if (await prometheus.CountAsync($"push_time_seconds{{exported_job={Quote(name)}}}") > 0)
        {
            findings.Add(
                new(
                    true,
                    $"series that job {name} pushed have exported_job={Quote(name)}: a gateway is scraped without honor_labels",
                    HonorLabelsAdvice
                )
            );
            return ServerStatus.Misconfigured;
        }

        var isThere = await prometheus.CountAsync($"push_time_seconds{{job={Quote(name)}}}") > 0;
        if (!isThere && (await prometheus.JobsAsync("pushgateway_build_info")).Count == 0)
        {
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
            var scrapes = await prometheus.JobsAsync($"up{{instance={Quote($"{url.Host}:{url.Port}")}}}");
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

    static string Quote(string text) =>
        "\""
        + text.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal)
        + "\"";

    /// <summary>Queries that throw if there is no answer, so that the check ends there.</summary>
    sealed class Queries(PrometheusApi api, CancellationToken cancellationToken)
    {
        public async Task<int> CountAsync(string expression) => (await SeriesAsync(expression)).Count;

        public async Task<SortedSet<string>> JobsAsync(string metric)
        {
            var jobs = new SortedSet<string>(StringComparer.Ordinal);
            foreach (var series in await SeriesAsync(metric))
            {
                if (series.TryGetProperty("metric", out var labels) && labels.TryGetProperty("job", out var job))
                    jobs.Add(job.ToString());
            }

            return jobs;
        }

        public async Task<string> ConfigurationAsync() => Unwrap(await api.ConfigurationAsync(cancellationToken));

        async Task<IReadOnlyList<JsonElement>> SeriesAsync(string expression) =>
            Unwrap(await api.QueryAsync(expression, cancellationToken));

        static T Unwrap<T>(ApiResult<T> answer)
            where T : class => answer.Value ?? throw new QueryFailedException(answer.Failure!);
    }

#pragma warning disable CA1032, CA1064 // Thrown and caught only in this file.
    sealed class QueryFailedException(ApiFailure failure) : Exception
    {
        public ApiFailure Failure { get; } = failure;
    }
#pragma warning restore CA1032, CA1064
}
