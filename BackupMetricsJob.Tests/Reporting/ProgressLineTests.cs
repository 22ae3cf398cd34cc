using BackupMetricsJob.Configuration;
using BackupMetricsJob.Reporting;
using BackupMetricsJob.Running;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Reporting;

/// <summary>The progress line of a long run.</summary>
public sealed class ProgressLineTests
{
    [Theory]
    [InlineData(RunStage.Probing, "870 of 1000 done, 3 failed, at most 42 s left")]
    [InlineData(RunStage.Pushing, "pushing, at most 42 s left")]
    [InlineData(RunStage.Importing, "importing, at most 42 s left")]
    [InlineData(RunStage.Waiting, "waiting for 42 s (--splay)")]
    internal void It_says_what_is_done(RunStage stage, string text) =>
        Assert.Equal(text, ProgressLine.Text(new(stage, 1000, 870, 3, default), TimeSpan.FromSeconds(41.2)));

    [Theory]
    [InlineData(true, "xterm", LogFormat.Text, true)]
    [InlineData(false, "xterm", LogFormat.Text, false)]
    [InlineData(true, "dumb", LogFormat.Text, false)]
    [InlineData(true, null, LogFormat.Text, false)]
    [InlineData(true, "xterm", LogFormat.Json, false)]
    internal void It_is_for_people_at_a_terminal(bool isWatched, string? term, LogFormat format, bool isWanted)
    {
        Dictionary<string, string> environment = [];
        if (term is not null)
            environment["TERM"] = term;
        using var signals = new Signals();
        var context = new ProcessContext(Stream.Null, TextWriter.Null, environment, TimeProvider.System, signals)
        {
            IsInteractive = isWatched,
        };
        using var line = ProgressLine.Start(context, new(format, FailOnTarget: true, DryRun: false), out var progress);

        Assert.Equal((isWanted, isWanted), (line is not null, progress is not null));
    }

    [Fact]
    public async Task A_run_that_hangs_shows_progress_on_a_terminal_and_clears_it()
    {
        await using var silent = new SilentServer();
        var command = $"{BackupMetrics.Executable} show --connection postgresql://u@127.0.0.1:{silent.Port}/x --instance db --timeout 4s";
        var environment = new Dictionary<string, string>
        {
            ["PATH"] = Environment.GetEnvironmentVariable("PATH")!,
            ["DOTNET_ROOT"] = BackupMetrics.DotnetRoot,
            ["TERM"] = "xterm",
            ["SHELL"] = "/bin/sh",
        };

        // script provides a terminal for both streams.
        var result = await ChildProcess.RunAsync(
            Tool.Find("script", "apt-get install bsdutils"),
            ["-qec", command, "/dev/null"],
            new() { Environment = environment }
        );

        Assert.Equal(69, result.ExitCode);
        Assert.Matches("\r0 of 1 done, 0 failed, at most [34] s left\u001b\\[K", result.Output);
        Assert.Matches("\r0 of 1 done, 0 failed, at most [12] s left\u001b\\[K", result.Output);
        var wiped = result.Output.LastIndexOf("\r\u001b[K", StringComparison.Ordinal);
        Assert.True(result.Output.LastIndexOf("left\u001b[K", StringComparison.Ordinal) < wiped, result.Output);
        Assert.Contains("no answer within 4 s while connecting", result.Output[wiped..], StringComparison.Ordinal);

        var redirected = await BackupMetrics.RunAsync(command.Split(' ')[1..], new Dictionary<string, string> { ["TERM"] = "xterm" });
        Assert.Equal((69, ""), (redirected.ExitCode, redirected.Error));
        Assert.DoesNotContain('\r', redirected.Output);
    }
}
