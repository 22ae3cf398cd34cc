using System.Text.Json;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Configuration.File;
using BackupMetricsJob.Http;
using BackupMetricsJob.Pushgateway;

namespace BackupMetricsJob.Checking;

/// <summary>
/// Whether what is pushed reaches Prometheus under its own labels. Without <c>honor_labels: true</c> in the scrape of the gateway, job and
/// instance become exported_job and exported_instance, and no rule finds anything.
/// </summary>
internal static class PrometheusChecks
{
    const string HowToMend =
        "Set honor_labels: true in the scrape configuration of the gateway (honorLabels in a ServiceMonitor or PodMonitor).";

    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    public static async Task<PrometheusCheck> OfAsync(Uri address, JobOptions job, TimeProvider time, CancellationToken cancellationToken)
    {
        var name = address.GetLeftPart(UriPartial.Path).TrimEnd('/');
        var api = new PrometheusApi(address, null, Timeout, time);
        var (version, down) = await api.VersionAsync(cancellationToken);
        if (version is null)
            return new(name, GatewayChecks.Verdict(down!), [], [GatewayChecks.Failed(down!)]);
        var facts = new List<string> { $"Prometheus {version}" };
        var findings = new List<Finding>();
        try
        {
            var verdict = await JudgeAsync(new Asking(api, cancellationToken), job, facts, findings);
            return new(name, verdict, facts, findings);
        }
        catch (UnansweredException e)
        {
            findings.Add(GatewayChecks.Failed(e.Failure));
            return new(name, GatewayChecks.Verdict(e.Failure), facts, findings);
        }
    }

    static async Task<ServerVerdict> JudgeAsync(Asking prometheus, JobOptions job, List<string> facts, List<Finding> findings)
    {
        // What was pushed says more than any configuration.
        var name = job.Group.Job;
        if (await prometheus.CountAsync($"push_time_seconds{{exported_job={Quoted(name)}}}") > 0)
        {
            findings.Add(
                new(
                    true,
                    $"what the job {name} pushed is there as exported_job={Quoted(name)}: a gateway is scraped without honor_labels",
                    HowToMend
                )
            );
            return ServerVerdict.Misconfigured;
        }

        var isThere = await prometheus.CountAsync($"push_time_seconds{{job={Quoted(name)}}}") > 0;
        if (!isThere && (await prometheus.JobsAsync("pushgateway_build_info")).Count == 0)
        {
            findings.Add(
                new(
                    true,
                    "it scrapes no Pushgateway: there is no series pushgateway_build_info",
                    "Add the gateway to its scrape configuration, with honor_labels: true."
                )
            );
            return ServerVerdict.Misconfigured;
        }

        if (isThere)
            facts.Add($"has what the job {name} pushed");
        var settings = ScrapeSettings.Read(await prometheus.ConfigurationAsync());
        var verdict = ServerVerdict.Ok;
        foreach (var gateway in job.Gateways)
        {
            var url = new Uri(gateway.Address.MetricsUrl);
            var scrapes = await prometheus.JobsAsync($"up{{instance={Quoted($"{url.Host}:{url.Port}")}}}");
            if (scrapes.Count == 0 && !(isThere && job.Gateways.Count == 1))
                findings.Add(
                    new(
                        false,
                        $"it scrapes nothing at {url.Host}:{url.Port}: perhaps {gateway} has another address there, "
                            + "perhaps nobody scrapes it",
                        "Look at its page of targets."
                    )
                );
            foreach (var scrape in scrapes)
            {
                if (!Judge(gateway, scrape, settings, isThere, facts, findings))
                    verdict = ServerVerdict.Misconfigured;
            }
        }

        return verdict;
    }

    /// <summary>False where the gateway is scraped as it must not be.</summary>
    static bool Judge(
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
                        $"its scrape job {scrape} has another name in its configuration, and nothing of this job was scraped yet: "
                            + "whether it has honor_labels is not known",
                        "Push once, and check again."
                    )
                );
            return true;
        }

        if (honors)
            facts.Add($"scrapes {gateway} with honor_labels (scrape job {scrape})");
        else
            findings.Add(new(true, $"its scrape job {scrape}, of {gateway}, is without honor_labels", HowToMend));
        return honors;
    }

    static string Quoted(string text) =>
        "\""
        + text.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal)
        + "\"";

    /// <summary>One question after the other, up to the first that is not answered.</summary>
    sealed class Asking(PrometheusApi api, CancellationToken cancellationToken)
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
            where T : class => answer.Value ?? throw new UnansweredException(answer.Failure!);
    }

#pragma warning disable CA1032, CA1064 // It is thrown and caught in this file only.
    sealed class UnansweredException(ApiFailure failure) : Exception
    {
        public ApiFailure Failure { get; } = failure;
    }
#pragma warning restore CA1032, CA1064
}
