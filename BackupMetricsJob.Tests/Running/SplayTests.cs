using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Reporting;
using BackupMetricsJob.Running;
using BackupMetricsJob.Tests.Pushgateway;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Running;

/// <summary>Starts are spread; each start keeps its delay.</summary>
public sealed class SplayTests
{
    static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void The_moment_is_stable_for_machine_and_group_and_spread_evenly_over_machines_and_over_groups()
    {
        Assert.Equal(Splay.Delay(Minute, "host1", Group("a")), Splay.Delay(Minute, "host1", Group("a")));
        Assert.Equal(2, Splay.Delay(2 * Minute, "host1", Group("a")) / Splay.Delay(Minute, "host1", Group("a")), tolerance: 1e-6);
        foreach (
            var waits in new[]
            {
                Enumerable.Range(0, 1000).Select(i => Splay.Delay(Minute, $"host{i}", Group("a"))),
                Enumerable.Range(0, 1000).Select(i => Splay.Delay(Minute, "h", Group($"{i}"))),
            }
        )
        {
            var tenths = new int[10];
            foreach (var wait in waits)
                tenths[(int)(wait / Minute * 10)]++;
            Assert.All(tenths, count => Assert.InRange(count, 60, 140));
        }
    }

    [Fact]
    public async Task A_run_waits_for_its_moment_before_its_clock_starts()
    {
        await using var gateway = new StubPushgateway(StubPushgateway.Status(200));
        var time = new JumpingTime();
        var progress = new RunProgress(time);
        var job = Jobs.Of() with { Gateways = [Gateways.At(gateway.Url)], Splay = Minute };

        var report = await JobRun.RunAsync(job, new("1", "r"), time, CancellationToken.None, progress);

        Assert.Equal(
            Splay.Delay(Minute, Environment.MachineName, job.Group).TotalMilliseconds,
            Assert.Single(time.Waited).TotalMilliseconds,
            tolerance: 1
        );
        Assert.False(report.IsStoppedBeforeStart);
        Assert.True(Assert.Single(report.Pushes).Outcome.Arrived);
        Assert.InRange(report.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.Equal(RunStage.Pushing, progress.Now.Stage);
    }

    [Fact]
    public async Task A_stop_meanwhile_pushes_nothing_and_is_the_exit_code()
    {
        await using var gateway = new StubPushgateway(StubPushgateway.Status(200));
        using var stop = new CancellationTokenSource();
        var progress = new RunProgress(TimeProvider.System);
        var job = Jobs.Of() with { Gateways = [Gateways.At(gateway.Url)], Splay = TimeSpan.FromDays(1000) };
        var run = JobRun.RunAsync(job, new("1", "r"), TimeProvider.System, stop.Token, progress);
        await Wait.ForAsync("it to wait", () => progress.Now.Stage == RunStage.Waiting);

        await stop.CancelAsync();

        var report = await run.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.True(report.IsStoppedBeforeStart);
        Assert.Empty(gateway.Requests);
        Assert.Equal(ExitCode.Terminated, ExitCodes.ForRun(report, ExitCode.Terminated, failOnTarget: true));
        using var text = new StringWriter();
        RunSummary.Write(report, text);
        Assert.Equal("stopped during the delay of --splay: nothing was probed, nothing was pushed", text.ToString().Trim());
    }

    static GroupingKey Group(string job) => GroupingKey.TryCreate(job, [], [])!;

    /// <summary>Timers of a second or more fire at once and are recorded.</summary>
    sealed class JumpingTime : TimeProvider
    {
        public List<TimeSpan> Waited { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime >= TimeSpan.FromSeconds(1) && Waited.Count == 0)
            {
                Waited.Add(dueTime);
                dueTime = TimeSpan.Zero;
            }

            return base.CreateTimer(callback, state, dueTime, period);
        }
    }
}
