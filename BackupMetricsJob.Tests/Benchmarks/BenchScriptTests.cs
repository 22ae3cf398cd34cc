using System.Text.RegularExpressions;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Benchmarks;

/// <summary>./bench itself is run by hand. What would break it unseen is held here.</summary>
public sealed partial class BenchScriptTests
{
    static readonly string Script = Path.Combine(Repository.Root, "bench");
    static readonly string Text = File.ReadAllText(Script);
    static readonly string Benchmarks = Path.Combine(Repository.Root, "BackupMetricsJob.Benchmarks");

    [Fact]
    public async Task It_says_what_it_can_do_and_what_it_does_not_know()
    {
        var help = await ChildProcess.RunAsync(Script, ["--help"]);
        var unknown = await ChildProcess.RunAsync(Script, ["everything"]);
        var tooMuch = await ChildProcess.RunAsync(Script, ["run", "3", "4"]);

        Assert.Equal(0, help.ExitCode);
        foreach (var part in (string[])["./bench run", "./bench fleet", "./bench catalogue", "./bench inner", "./bench --all"])
            Assert.Contains(part, help.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("set -euo", help.Output, StringComparison.Ordinal);
        Assert.Equal((64, "bench: unknown argument \"everything\"; see ./bench --help\n"), (unknown.ExitCode, unknown.Error));
        Assert.Equal((64, "bench: unexpected argument \"4\"; see ./bench --help\n"), (tooMuch.ExitCode, tooMuch.Error));
    }

    [Fact]
    public void Every_program_that_it_builds_or_calls_is_there()
    {
        var named = Program()
            .Matches(Text)
            .Select(match => match.Value.Replace("$peers", "BackupMetricsJob.Benchmarks/Peers", StringComparison.Ordinal))
            .Distinct()
            .ToList();

        Assert.Equal(6, named.Count);
        Assert.All(
            [.. named, "BackupMetricsJob.Benchmarks/Peers/run.py", "BackupMetricsJob.Benchmarks/Peers/samples.awk"],
            name => Assert.True(File.Exists(Path.Combine(Repository.Root, name)), $"bench names {name}, which is not there")
        );
        Assert.Matches(@"""run\.sh"".*\n.*""run\.py""", File.ReadAllText(Path.Combine(Benchmarks, "SideBySide/Contender.cs")));
        Assert.True(File.GetUnixFileMode(Path.Combine(Benchmarks, "Peers/run.sh")).HasFlag(UnixFileMode.UserExecute));
    }

    [Fact]
    public async Task Whatever_it_needs_can_be_installed()
    {
        var needs = Need()
            .Matches(Text)
            .SelectMany(match => match.Groups[1].Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            .ToList();

        // As on a machine where nothing is installed: each need gets to the installer, which only prints here.
        var install = await ChildProcess.RunAsync(
            "/bin/bash",
            [
                "-c",
                ". .ci/require.sh; require_has() { return 1; }; require_packages() { echo $#; return 69; }; require \"$@\"",
                "-",
                .. needs,
            ],
            new() { WorkingDirectory = Repository.Root }
        );

        Assert.True(needs.Count > 10, string.Join(' ', needs));
        Assert.Equal((69, $"{needs.Count}\n", ""), (install.ExitCode, install.Output, install.Error));
    }

    [GeneratedRegex(@"\$peers/[a-z]+\.\w+|tools/[a-z-]+")]
    private static partial Regex Program();

    [GeneratedRegex(@"needs\+=\(([^)]*)\)")]
    private static partial Regex Need();
}
