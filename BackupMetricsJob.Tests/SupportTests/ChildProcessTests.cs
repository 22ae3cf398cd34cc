using System.Runtime.InteropServices;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.SupportTests;

public class ChildProcessTests
{
    [Fact]
    public async Task A_result_has_the_exit_code_and_both_streams()
    {
        var result = await ChildProcess.RunAsync("/bin/sh", ["-c", "cat; echo wrong >&2; exit 7"], new() { Input = "in" });

        Assert.Equal((7, "in", "wrong\n"), (result.ExitCode, result.Output, result.Error));
        Assert.True(result.Elapsed > TimeSpan.Zero);
    }

    [Fact]
    public async Task A_given_environment_is_the_whole_environment()
    {
        var result = await ChildProcess.RunAsync(
            "/usr/bin/env",
            [],
            new() { Environment = new Dictionary<string, string> { ["ONLY"] = "this" } }
        );

        Assert.Equal("ONLY=this\n", result.Output);
    }

    [Fact]
    public async Task A_signal_reaches_the_process_after_its_ready_line()
    {
        await using var child = ChildProcess.Start("/bin/sh", ["-c", "trap 'exit 43' TERM; echo ready >&2; while :; do sleep 0.02; done"]);
        Assert.Equal("ready", await child.WaitForErrorLineAsync("ready"));

        child.Signal(PosixSignal.SIGTERM);

        Assert.Equal(43, (await child.WaitAsync()).ExitCode);
    }

    [Fact]
    public async Task A_process_past_its_deadline_is_killed_and_the_failure_shows_what_it_wrote()
    {
        await using var child = ChildProcess.Start("/bin/sh", ["-c", "echo working; exec sleep 60"]);
        await child.WaitForOutputLineAsync("working");

        var failure = await Assert.ThrowsAsync<TimeoutException>(() => child.WaitAsync(TimeSpan.FromMilliseconds(50)));

        Assert.Contains("working", failure.Message, StringComparison.Ordinal);
        await child.DisposeAsync();
        Assert.False(Directory.Exists($"/proc/{child.Id}"));
    }

    [Fact]
    public async Task Waiting_for_a_line_ends_when_the_process_ends()
    {
        await using var child = ChildProcess.Start("/bin/sh", ["-c", "echo something else >&2"]);

        var failure = await Assert.ThrowsAsync<TimeoutException>(() => child.WaitForErrorLineAsync("ready"));

        Assert.Contains("something else", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_kernel_kills_it_when_we_are_gone()
    {
        // The status of a process does not show its parent-death signal, so setpriv is asked, which inherits none of ours.
        var child = await ChildProcess.RunSuccessfullyAsync(Tool.Find("setpriv", "apt-get install util-linux"), ["--dump"]);

        Assert.Contains("Parent death signal: KILL", child, StringComparison.Ordinal);
    }
}
