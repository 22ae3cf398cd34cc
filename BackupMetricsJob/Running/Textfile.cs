using BackupMetricsJob.Backups;
using BackupMetricsJob.Exposition;
using BackupMetricsJob.Files;
using BackupMetricsJob.Pushgateway;
using Prometheus;

namespace BackupMetricsJob.Running;

/// <summary>How the file for node_exporter's textfile collector was written.</summary>
/// <param name="Failure">Why the file could not be written and keeps its previous content; null if it was written.</param>
internal sealed record TextfileReport(string Path, string? Failure)
{
    /// <summary>How many samples the file has.</summary>
    public int Samples { get; init; }

    /// <summary>One line without a full stop.</summary>
    public string Describe() => Failure is null ? $"{Path} was written" : $"{Path} could not be written: {Failure}";
}

/// <summary>Writes a run's series as text, with the labels that they have at a Pushgateway, including those of the grouping key.</summary>
internal static class Textfile
{
    /// <param name="max">How long writing may take. A file system that hangs is a failure, too.</param>
    public static async Task<TextfileReport> WriteAsync(
        string path,
        IReadOnlyList<ProbeResult> results,
        RunFacts facts,
        GroupingKey group,
        TimeSpan max,
        TimeProvider time
    )
    {
        var samples = 0;
        var writing = Task.Run(() =>
            AtomicFile.WriteAsync(path, async file => samples = await WriteAsync(file, results, facts, group, hasJob: true))
        );
        var failure = await EndAsync(writing, max, time);
        return new(path, failure?.Message) { Samples = failure is null ? samples : 0 };
    }

    /// <returns>Null, or why it could not be written.</returns>
    public static Task<FileFault?> TryAsync(string path, TimeSpan max, TimeProvider time) =>
        EndAsync(Task.Run(() => AtomicFile.TryAsync(path)), max, time);

    static async Task<FileFault?> EndAsync(Task<FileFault?> writing, TimeSpan max, TimeProvider time)
    {
        try
        {
            return await writing.WaitAsync(max > TimeSpan.Zero ? max : TimeSpan.Zero, time);
        }
        catch (TimeoutException)
        {
            return new(FileFaultKind.Slow, "the file system did not answer in time");
        }
    }

    /// <param name="hasJob">Whether the label job is in the text. If not, the scrape sets it.</param>
    /// <returns>How many samples there are.</returns>
    public static async Task<int> WriteAsync(Stream to, IReadOnlyList<ProbeResult> results, RunFacts facts, GroupingKey group, bool hasJob)
    {
        var labels = group.Labels.Where(label => label.Name != "instance").ToDictionary(label => label.Name, label => label.Value);
        if (hasJob)
            labels["job"] = group.Job;
        var registry = Metrics.NewCustomRegistry();
        registry.SetStaticLabels(labels);
        var samples = BackupMetrics.Write(results, facts, new Samples(registry, hasEmptyInstance: true));
        await registry.CollectAndExportAsTextAsync(to, CancellationToken.None);
        return samples;
    }
}
