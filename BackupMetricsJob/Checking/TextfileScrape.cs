using BackupMetricsJob.Backups;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Exposition;

namespace BackupMetricsJob.Checking;

/// <summary>
/// Checks whether Prometheus has the series that a run wrote for node_exporter, under their own labels. node_exporter's scrape must restore
/// the label names (docs/node-exporter.md).
/// </summary>
internal static class TextfileScrape
{
    /// <summary>If the file was written longer ago than this, Prometheus has scraped it by now, or never does.</summary>
    public static readonly TimeSpan ScrapedSince = TimeSpan.FromMinutes(2);

    const string LabelsAdvice = "Add the metric_relabel_configs of docs/node-exporter.md to the scrape job of node_exporter.";

    /// <param name="job">The settings, which have a textfile.</param>
    public static async Task<ServerStatus> CheckAsync(
        PrometheusQueries prometheus,
        JobOptions job,
        List<string> facts,
        List<Finding> findings,
        TimeProvider time
    )
    {
        var name = PrometheusQueries.Quote(job.Group.Job);
        var metric = RunMetricNames.BuildInfo.Name;
        if (await prometheus.CountAsync($"{metric}{{exported_job={name}}}") > 0)
            return PrometheusChecks.Misconfigured(
                findings,
                $"series that job {job.Group.Job} wrote have exported_job={name}, so no alert matches them",
                LabelsAdvice
            );

        if (await prometheus.CountAsync($"{metric}{{job={name}}}") > 0)
        {
            facts.Add($"has the series that job {job.Group.Job} wrote");
            return ServerStatus.Ok;
        }

        if (await prometheus.CountAsync("node_textfile_scrape_error") == 0)
            return PrometheusChecks.Misconfigured(
                findings,
                "it scrapes no node_exporter with a textfile collector (there is no series node_textfile_scrape_error)",
                "Scrape the node_exporter of this host, with the metric_relabel_configs of docs/node-exporter.md."
            );

        if (
            new FileInfo(job.Textfile!) is { Exists: true } file
            && time.GetUtcNow() - file.LastWriteTimeUtc is var age
            && age > ScrapedSince
        )
            return PrometheusChecks.Misconfigured(
                findings,
                $"it has no series of job {job.Group.Job}, and {job.Textfile} was written {Humanize.Duration(age)} ago",
                "Scrape the node_exporter of this host, whose --collector.textfile.directory must be the folder of that file."
            );

        findings.Add(
            new(
                false,
                $"it has no series of job {job.Group.Job}: no run has written {job.Textfile}, or no node_exporter that it scrapes reads it",
                "Run once, and check again after a scrape."
            )
        );
        return ServerStatus.Ok;
    }
}
