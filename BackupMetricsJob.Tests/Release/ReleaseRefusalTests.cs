using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Release;

/// <summary>What deploy/release says of a program that is not there or is another one, before it writes anything.</summary>
public sealed class ReleaseRefusalTests
{
    [Theory]
    [InlineData("BACKUP_METRICS_NATIVE", "/nonexistent", "BACKUP_METRICS_NATIVE: there is no program /nonexistent")]
    [InlineData("BACKUP_METRICS_NATIVE", "missing", "BACKUP_METRICS_NATIVE: there is no program FOLDER/missing")]
    [InlineData("BACKUP_METRICS_NATIVE", "/etc/passwd", "BACKUP_METRICS_NATIVE: there is no program /etc/passwd")]
    [InlineData("BACKUP_METRICS_NATIVE", "/bin/true", "/bin/true is not backup-metrics: its --version is \"true (GNU coreutils) 9.1\"")]
    [InlineData("HELM", "/nonexistent", "HELM: there is no program /nonexistent")]
    public async Task A_program_that_is_not_there_is_66(string variable, string value, string says)
    {
        using var folder = new TempFolder();
        var result = await ChildProcess.RunAsync(
            Path.Combine(Repository.Root, "deploy", "release"),
            ["--output", "packages"],
            new()
            {
                WorkingDirectory = folder.Path,
                Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", [variable] = value },
            }
        );

        Assert.Equal(
            (66, $"release: {says.Replace("FOLDER", folder.Path, StringComparison.Ordinal)}\n"),
            (result.ExitCode, System.Text.RegularExpressions.Regex.Replace(result.Error, "coreutils\\) [0-9.]+", "coreutils) 9.1"))
        );
        Assert.DoesNotContain(Directory.GetFileSystemEntries(folder.Path, "*", SearchOption.AllDirectories), File.Exists);
    }

    [Fact]
    public async Task The_list_of_what_is_in_it_names_a_program_that_is_not_there()
    {
        var result = await ChildProcess.RunAsync(Path.Combine(Repository.Root, "tools", "make-sbom"), ["/nonexistent"]);

        Assert.Equal((66, "make-sbom: there is no program /nonexistent\n"), (result.ExitCode, result.Error));
    }
}
