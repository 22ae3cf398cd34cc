using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Shipped;

/// <summary>
/// The folder with both programs in the standalone form: the one that <c>BACKUP_METRICS_STANDALONE</c> names, which ./test has published, or one
/// that is published here, once for all tests.
/// </summary>
internal static class StandaloneForm
{
    static readonly TimeSpan Long = TimeSpan.FromMinutes(15);
    static readonly Lazy<Task<string>> Folder = new(PublishAsync);

    public static async Task<string> ProgramAsync() => Path.Combine(await Folder.Value, "backup-metrics");

    static async Task<string> PublishAsync()
    {
        if (Environment.GetEnvironmentVariable("BACKUP_METRICS_STANDALONE") is { Length: > 0 } given) return given;
        var folder = RunFolder.NewFolder("standalone");
        var published = await ChildProcess.RunAsync(
            Tool.Find("dotnet", "the .NET SDK"),
            ["publish", Path.Combine(Repository.Root, "BackupMetricsJob.Schedule"), "-c", "Release", "-p:PublishProfile=standalone", "-p:RunAnalyzers=false", "-o", folder],
            deadline: Long);
        return published.ExitCode == 0 ? folder : throw new InvalidOperationException("dotnet publish: " + published.Output + published.Error);
    }
}
