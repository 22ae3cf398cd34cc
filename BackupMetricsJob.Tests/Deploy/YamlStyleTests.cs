using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>All YAML of this repository is clean YAML to yamllint, by .yamllint.</summary>
public sealed class YamlStyleTests
{
    [Fact]
    public async Task Yamllint_has_no_complaint()
    {
        var result = await LintAsync(".");

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }

    [Fact]
    public async Task Yamllint_finds_a_key_that_comes_twice()
    {
        using var folder = new TempFolder();

        var result = await LintAsync(folder.Write("twice.yaml", "port: 1\nport: 2\n"));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("key-duplicates", result.Output, StringComparison.Ordinal);
    }

    static Task<ProcessResult> LintAsync(string path) =>
        ChildProcess.RunAsync(
            Tool.Find("yamllint", "apt-get install yamllint"),
            ["--strict", "-c", Path.Combine(Repository.Root, ".yamllint"), path],
            new() { WorkingDirectory = Repository.Root }
        );
}
