using BackupMetricsJob.Backups;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Running;

namespace BackupMetricsJob.Checking;

/// <summary>Checks whether a run could replace the file for node_exporter, by doing all of that but the replacement.</summary>
internal static class TextfileChecks
{
    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <returns>Null if no textfile is set.</returns>
    public static async Task<TextfileCheck?> RunAsync(JobOptions job, TimeProvider time)
    {
        if (job.Textfile is not { } path)
            return null;
        var failure = await Textfile.TryAsync(path, Timeout, time);
        if (failure is null)
            return new(path, ServerStatus.Ok, Facts(path, time), []);
        return new(
            path,
            ServerStatus.Misconfigured,
            [],
            [
                new(
                    true,
                    $"it cannot be written: {failure}",
                    "Give the user that runs this the right to write in its folder: node_exporter's --collector.textfile.directory."
                ),
            ]
        );
    }

    static IReadOnlyList<string> Facts(string path, TimeProvider time)
    {
        var written = new FileInfo(path) is { Exists: true } file
            ? $"was last written {Humanize.Since(file.LastWriteTimeUtc, time.GetUtcNow())} ago"
            : "has not been written yet";
        return ["can be written", written];
    }
}
