using BackupMetricsJob.Tests.Shipped;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Release;

/// <summary>What deploy/release makes of the program that ./test has published, made once for all tests.</summary>
internal static class ReleasedFiles
{
    static readonly Lazy<Task<string>> Made = new(MakeAsync);

    public static Task<string> FolderAsync() => Made.Value;

    /// <summary>The one file whose name ends so.</summary>
    public static async Task<string> FileAsync(string end) => Assert.Single(Directory.GetFiles(await FolderAsync(), "*" + end));

    static async Task<string> MakeAsync()
    {
        var folder = RunFolder.NewFolder("release");
        var made = await ChildProcess.RunAsync(
            Path.Combine(Repository.Root, "deploy", "release"),
            ["--output", folder],
            new()
            {
                Environment = new Dictionary<string, string>
                {
                    ["PATH"] = "/usr/bin:/bin",
                    ["HOME"] = Environment.GetEnvironmentVariable("HOME") ?? "/",
                    ["BACKUP_METRICS_NATIVE"] = await NativeProgram.PathAsync(),
                    ["HELM"] = Helm.Program,
                },
            },
            TimeSpan.FromMinutes(5)
        );
        Assert.True(made.ExitCode == 0, made.Error);
        return folder;
    }
}
