using System.Text.Json;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Configuration.Yaml;
using BackupMetricsJob.Pushgateway;

namespace BackupMetricsJob.Checking;

/// <summary>
/// Whether what is pushed reaches Prometheus under its own labels. Without <c>honor_labels: true</c> in the scrape of the gateway, job and instance
/// become exported_job and exported_instance, and no rule finds anything.
/// </summary>
internal static class PrometheusChecks
{
    const string HowToMend = "Set honor_labels: true in the scrape configuration of the gateway (honorLabels in a ServiceMonitor or PodMonitor).";

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static PrometheusCheck Of(Uri address, JobOptions job, TimeProvider time, CancellationToken stop)
    {
        var name = address.GetLeftPart(UriPartial.Path).TrimEnd('/');
        var api = new PrometheusApi(address, null, null, Patience, time, stop);
        var (version, down) = api.Version();
        if (version is null) return new(name, GatewayChecks.Verdict(down!), [], [GatewayChecks.Failed(down!)]);
        var facts = new List<string> { $"Prometheus {version}" };
        var findings = new List<Finding>();
        try
        {
            var verdict = Judge(new Asking(api), job.Group.Job, facts, findings);
            return new(name, verdict, facts, findings);
        }
        catch (UnansweredException e)
        {
            findings.Add(GatewayChecks.Failed(e.Failure));
            return new(name, GatewayChecks.Verdict(e.Failure), facts, findings);
        }
    }

    static ServerVerdict Judge(Asking prometheus, string job, List<string> facts, List<Finding> findings)
    {
        // What was pushed says more than any configuration.
        if (prometheus.Count($"push_time_seconds{{exported_job={Quoted(job)}}}") > 0)
        {
            findings.Add(new(true, $"what the job {job} pushed is there as exported_job={Quoted(job)}: the gateway is scraped without honor_labels", HowToMend));
            return ServerVerdict.Misconfigured;
        }

        if (prometheus.Count($"push_time_seconds{{job={Quoted(job)}}}") > 0)
        {
            facts.Add($"scrapes the gateway with honor_labels: what the job {job} pushed is there");
            return ServerVerdict.Ok;
        }

        var jobs = prometheus.Jobs("pushgateway_build_info");
        if (jobs.Count == 0)
        {
            findings.Add(new(true, "it scrapes no Pushgateway: there is no series pushgateway_build_info", "Add the gateway to its scrape configuration, with honor_labels: true."));
            return ServerVerdict.Misconfigured;
        }

        return JudgeBySettings(jobs, ScrapeSettings.Read(prometheus.Configuration()), facts, findings);
    }

    static ServerVerdict JudgeBySettings(IReadOnlyCollection<string> jobs, IReadOnlyDictionary<string, bool> settings, List<string> facts, List<Finding> findings)
    {
        var verdict = ServerVerdict.Ok;
        foreach (var job in jobs)
        {
            if (!settings.TryGetValue(job, out var honors))
            {
                findings.Add(new(false, $"its scrape job {job} has another name in its configuration, and nothing of this job was scraped yet: whether it has honor_labels is not known", "Push once, and check again."));
            }
            else if (honors)
            {
                facts.Add($"its scrape job {job} has honor_labels");
            }
            else
            {
                findings.Add(new(true, $"its scrape job {job} is without honor_labels", HowToMend));
                verdict = ServerVerdict.Misconfigured;
            }
        }

        return verdict;
    }

    static string Quoted(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"";

    /// <summary>One question after the other, up to the first that is not answered.</summary>
    sealed class Asking(PrometheusApi api)
    {
        public int Count(string expression) => Series(expression).Count;

        public SortedSet<string> Jobs(string metric)
        {
            var jobs = new SortedSet<string>(StringComparer.Ordinal);
            foreach (var series in Series(metric))
            {
                if (series.TryGetProperty("metric", out var labels) && labels.TryGetProperty("job", out var job)) jobs.Add(job.ToString());
            }

            return jobs;
        }

        public string Configuration()
        {
            var (text, failure) = api.Configuration();
            return text ?? throw new UnansweredException(failure!);
        }

        IReadOnlyList<JsonElement> Series(string expression)
        {
            var (series, failure) = api.Query(expression);
            return series ?? throw new UnansweredException(failure!);
        }
    }

#pragma warning disable CA1032, CA1064 // It is thrown and caught in this file only.
    sealed class UnansweredException(ApiFailure failure) : Exception
    {
        public ApiFailure Failure { get; } = failure;
    }
#pragma warning restore CA1032, CA1064
}
