using BackupMetricsJob.Backups;
using BackupMetricsJob.Reporting;
using BackupMetricsJob.Running;
using BackupMetricsJob.Schedule.State;

namespace BackupMetricsJob.Tests.Schedule;

/// <summary>The daemon's memory of its runs.</summary>
public sealed class ScheduleStateTests
{
    static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_history_keeps_the_last_fifty_and_the_last_success()
    {
        var state = new ScheduleState("here", Noon, new("1", "a"));
        state.RecordClusterSuccess(Noon);
        for (var i = 1; i <= 60; i++)
        {
            state.Begin(new(Noon.AddMinutes(i), Noon.AddMinutes(i), IsRetry: false));
            Assert.NotNull(state.Now.Current);
            state.End(Run(i));
        }

        var now = state.Now;
        Assert.Null(now.Current);
        Assert.Equal(Enumerable.Range(11, 50).Select(i => Noon.AddMinutes(i)), now.History.Select(run => run.Slot));
        Assert.Equal((ExitCode.TargetFailed, 1, 1), (now.History[^1].ExitCode, now.History[^1].TargetsOk, now.History[^1].TargetsFailed));
        Assert.Equal(Noon.AddMinutes(60).AddSeconds(3), now.LastSuccess);
        Assert.Equal(now.LastSuccess, now.LastClusterSuccess);
        state.RecordClusterSuccess(Noon);
        Assert.Equal(now.LastSuccess, state.Now.LastClusterSuccess);
    }

    [Fact]
    public async Task Changes_from_many_threads_are_all_seen()
    {
        var state = new ScheduleState("here", Noon, new("1", "a"));
        await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(_ =>
                    Task.Run(() =>
                    {
                        for (var i = 0; i < 1000; i++)
                            state.Set(now => now with { Interval = now.Interval + TimeSpan.FromTicks(1) });
                    })
                )
        );
        Assert.Equal(8000, state.Now.Interval.Ticks);
    }

    static LastRun Run(int minute)
    {
        var report = new RunReport(
            [Probed("a", null), Probed("b", new ProbeFailure(FailureReason.Refused, "no"))],
            TimeSpan.FromSeconds(3)
        );
        return new(
            Noon.AddMinutes(minute),
            false,
            Noon.AddMinutes(minute),
            Noon.AddMinutes(minute).AddSeconds(3),
            report,
            ExitCode.TargetFailed
        );
    }

    static ProbeResult Probed(string name, ProbeFailure? failure) =>
        new(new Instance(name, [], [], [SourceName.Server]))
        {
            At = Noon,
            Duration = TimeSpan.Zero,
            Failure = failure,
        };
}
