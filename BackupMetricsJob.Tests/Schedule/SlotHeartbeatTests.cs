using BackupMetricsJob.Reporting;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Schedule;

/// <summary>A slot whose heartbeat is still called when the daemon is stopped.</summary>
public sealed class SlotHeartbeatTests
{
    [Fact]
    public async Task A_run_that_is_cancelled_while_its_heartbeat_hangs_ends_as_one_that_was_stopped()
    {
        var clock = new SteppedClock(FixedClock.Noon);
        await using var gateway = new StubPushgateway(StubPushgateway.Status(200));
        await using var service = new StubPushgateway(StubPushgateway.Status(200, "OK"), StubPushgateway.Hang());
        using var daemon = new Harness(
            clock,
            "cron=*/5 * * * *",
            "timezone=UTC",
            $"gateway={gateway.Url}",
            $"heartbeat={service.Url}/ping",
            "fail-on=never"
        );
        var run = daemon.Runner.RunAsync(FixedClock.Noon);
        await Wait.ForAsync("the last call", () => service.Requests.Count == 2, null, () => daemon.Text);
        Assert.False(daemon.Runner.WasCancelled);

        daemon.Runner.Cancel();
        // It has two seconds left.
        clock.Set(clock.GetUtcNow().AddSeconds(2));
        await run.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.True(daemon.Runner.WasCancelled);
        Assert.Equal(ExitCode.Terminated, Assert.Single(daemon.State.Now.History).ExitCode);
        Assert.Contains("was not notified of the failure of this run", daemon.Text, StringComparison.Ordinal);
        Assert.Single(gateway.Requests);
    }
}
