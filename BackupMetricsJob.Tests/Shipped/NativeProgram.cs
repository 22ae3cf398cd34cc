using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Shipped;

/// <summary>
/// The program as it is shipped, one native file: the one that <c>BACKUP_METRICS_NATIVE</c> names, which ./test has published, or one
/// that is published here, once for all tests.
/// </summary>
internal static class NativeProgram
{
    static readonly TimeSpan Deadline = TimeSpan.FromMinutes(15);
    static readonly Lazy<Task<string>> Published = new(PublishAsync);

    public static Task<string> PathAsync() => Published.Value;

    static async Task<string> PublishAsync()
    {
        if (Environment.GetEnvironmentVariable("BACKUP_METRICS_NATIVE") is { Length: > 0 } given)
            return given;
        var folder = RunFolder.NewFolder("native");
        var published = await ChildProcess.RunAsync(
            Tool.Find("dotnet", "the .NET SDK"),
            ["publish", Path.Combine(Repository.Root, "BackupMetricsJob"), "-c", "Release", "-p:RunAnalyzers=false", "-o", folder],
            deadline: Deadline
        );
        if (published.ExitCode != 0)
            throw new InvalidOperationException("dotnet publish: " + published.Output + published.Error);
        return Path.Combine(folder, "backup-metrics");
    }
}
