namespace BackupMetricsJob.Configuration.File;

/// <summary>Reads the scrape jobs from a Prometheus configuration.</summary>
internal static class ScrapeSettings
{
    /// <summary>Whether each scrape job has honor_labels, by job_name. Empty if the text is not a Prometheus configuration.</summary>
    public static IReadOnlyDictionary<string, bool> Read(string configuration)
    {
        var jobs = new Dictionary<string, bool>(StringComparer.Ordinal);
        if (
            YamlTree.Read("", configuration, [], key: "", static (_, _) => { }) is not YamlMapping root
            || root.Find("scrape_configs")?.Value is not YamlSequence scrapes
        )
            return jobs;
        foreach (var item in scrapes.Items)
        {
            if (item is YamlMapping scrape && scrape.Find("job_name")?.Value is YamlScalar name)
                jobs[name.Text] = scrape.Find("honor_labels")?.Value is YamlScalar { Text: "true" };
        }

        return jobs;
    }
}
