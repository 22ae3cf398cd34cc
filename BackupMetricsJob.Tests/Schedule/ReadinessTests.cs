using BackupMetricsJob.Reporting;
using BackupMetricsJob.Schedule.Http;
using BackupMetricsJob.Schedule.State;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Schedule;

/// <summary>The responses for a load balancer or Kubernetes.</summary>
public sealed class ReadinessTests
{
    static readonly DateTimeOffset Noon = FixedClock.Noon;
    static readonly ScheduleSnapshot Fresh = new()
    {
        Node = "here",
        ProcessStarted = Noon,
        Build = new("1", "a"),
        Interval = TimeSpan.FromMinutes(5),
        NextSlot = Noon.AddMinutes(5),
    };

    [Fact]
    public void It_is_ready_once_a_run_succeeded_and_for_two_intervals()
    {
        Assert.Equal("no run has succeeded here yet; the next slot is 2026-11-22T12:05:00Z", Readiness.ReadinessProblem(Fresh, Noon));
        var ran = Fresh with { LastClusterSuccess = Noon };
        Assert.Null(Readiness.ReadinessProblem(ran, Noon.AddMinutes(10)));
        Assert.Equal(
            "no run has succeeded here since 2026-11-22T12:00:00Z, which is more than two intervals (10 min) ago",
            Readiness.ReadinessProblem(ran, Noon.AddMinutes(10).AddSeconds(1))
        );
        Assert.Null(Readiness.ReadinessProblem(ran with { Interval = TimeSpan.Zero }, Noon.AddYears(1))); // one slot and no more
    }

    [Fact]
    public void The_reason_is_told_where_it_is_known()
    {
        var failed = Fresh with { History = [new(Noon, false, Noon, TimeSpan.Zero, ExitCode.PushNotDelivered, 1, 0)] };
        Assert.Equal(
            "no run has succeeded here yet: the last run ended with exit code 75; the next slot is 2026-11-22T12:05:00Z",
            Readiness.ReadinessProblem(failed, Noon)
        );
        var cluster = Fresh with { IsCluster = true, LastClusterSuccess = Noon, StoreProblem = "gone" };
        Assert.EndsWith(
            "on any node since 2026-11-22T12:00:00Z, which is more than two intervals (10 min) ago: the cluster's store is unavailable",
            Readiness.ReadinessProblem(cluster, Noon.AddHours(1)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Another_nodes_success_may_be_known_late()
    {
        var ran = Fresh with { IsCluster = true, LastClusterSuccess = Noon, Interval = TimeSpan.FromSeconds(3) };
        Assert.Null(Readiness.ReadinessProblem(ran, Noon.AddSeconds(16)));
        Assert.NotNull(Readiness.ReadinessProblem(ran, Noon.AddSeconds(17)));
    }

    [Fact]
    public void It_is_healthy_while_somebody_looks_and_finds_nothing()
    {
        var clock = new SteppedClock(Noon);
        Assert.Null(Readiness.HealthProblem(Fresh, clock));
        var looked = Fresh with { LastHealthCheck = clock.GetTimestamp() };
        clock.Set(Noon.AddSeconds(60));
        Assert.Null(Readiness.HealthProblem(looked, clock));
        clock.Set(Noon.AddSeconds(120));
        Assert.Equal("no health check of the scheduler for 2 min", Readiness.HealthProblem(looked, clock));
        Assert.Equal("broken", Readiness.HealthProblem(Fresh with { Problem = "broken" }, clock));
    }
}
