using BackupMetricsJob.Backups;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Files;
using BackupMetricsJob.Running;

namespace BackupMetricsJob.Checking;

/// <summary>Checks whether a run could replace the file for node_exporter, by doing everything except the replacement.</summary>
internal static class TextfileChecks
{
    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <returns>Null if no textfile is set.</returns>
    public static async Task<TextfileCheck?> RunAsync(JobOptions job, TimeProvider time)
    {
        if (job.Textfile is not { } path)
            return null;
        var failure = await Textfile.TryAsync(path, job.Deadline < Timeout ? job.Deadline : Timeout, time);
        if (failure is null)
            return new(path, ServerStatus.Ok, Facts(path, time), []);
        return new(
            path,
            ServerStatus.Misconfigured,
            [],
            [new(true, $"it cannot be written: {failure.Message}", Advice(failure.Kind, Path.GetDirectoryName(Path.GetFullPath(path))!))]
        );
    }

    static string Advice(FileFaultKind kind, string folder) =>
        kind switch
        {
            FileFaultKind.NoFolder when !Directory.Exists(folder) =>
                $"Create {folder}, or name that of node_exporter's --collector.textfile.directory.",
            FileFaultKind.NoRight => $"Give the user that runs this the right to write in {folder}.",
            FileFaultKind.ReadOnly =>
                $"For this process {folder} is read-only: remount it, or add ReadWritePaths={folder} to the systemd unit.",
            FileFaultKind.Full => $"Make room there: df {folder} shows the space, df -i {folder} the inodes; there may be a quota, too.",
            FileFaultKind.IsFolder => "Name a file.",
            FileFaultKind.Slow => "Look at the disk, or at the server of this network file system.",
            _ => "Look at the file system, and at the limits of the process (ulimit -f).",
        };

    static IReadOnlyList<string> Facts(string path, TimeProvider time)
    {
        var written = new FileInfo(path) is { Exists: true } file
            ? $"was last written {Humanize.Since(file.LastWriteTimeUtc, time.GetUtcNow())} ago"
            : "has not been written yet";
        return ["can be written", written];
    }
}
