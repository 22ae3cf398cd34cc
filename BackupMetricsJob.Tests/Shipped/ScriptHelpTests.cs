using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Shipped;

/// <summary>Every script of the repository says what it does, and does nothing else then.</summary>
public sealed class ScriptHelpTests
{
    // These run inside containers.
    static readonly string[] ForContainers = ["20-roles.sh", "take-backups"];

    public static TheoryData<string> Scripts { get; } =
    [
        .. new[] { ".", "tools", "deploy", "deploy/compose" }
            .SelectMany(folder => Directory.GetFiles(Path.Combine(Repository.Root, folder)))
            .Where(IsScript)
            .Select(path => Path.GetRelativePath(Repository.Root, path))
            .Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task It_answers_help(string script)
    {
        using var folder = new TempFolder();
        // Whatever it would start or write, it has no program to do it with, and no way to do it here.
        var result = await ChildProcess.RunAsync(
            Path.Combine(Repository.Root, script),
            ["--help"],
            new()
            {
                WorkingDirectory = folder.Path,
                Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["PYTHONDONTWRITEBYTECODE"] = "1" },
            }
        );

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains(Path.GetFileName(script), result.Output, StringComparison.Ordinal);
        Assert.Equal("", result.Error);
    }

    [Fact]
    public void All_are_seen() => Assert.True(Scripts.Count > 15, $"{Scripts.Count} scripts");

    static bool IsScript(string path) =>
        !OperatingSystem.IsWindows()
        && File.GetUnixFileMode(path).HasFlag(UnixFileMode.UserExecute)
        && !ForContainers.Contains(Path.GetFileName(path));
}
