using BackupMetricsJob.Schedule.Hosting;
using BackupMetricsJob.Schedule.Scheduling;
using BackupMetricsJob.Schedule.State;

namespace BackupMetricsJob.Tests.Schedule;

/// <summary>When the daemon stops pinging systemd's watchdog.</summary>
public sealed class HealthTests
{
    static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    static readonly ScheduleSnapshot Idle = new()
    {
        Node = "here",
        ProcessStarted = Noon,
        Build = new("1", "a"),
    };
    static readonly StoredSchedule Waiting = new("0 */5 * * * ?", Noon, null, IsRunning: false, IsBroken: false);

    [Fact]
    public void A_slot_that_is_due_and_not_begun_is_a_dead_scheduler()
    {
        Assert.Null(Health.Problem(Idle, Waiting, Noon + Health.Tolerance));
        Assert.Equal(
            "slot 2026-11-22T12:00:00Z is overdue and has not started",
            Health.Problem(Idle, Waiting, Noon + Health.Tolerance + TimeSpan.FromSeconds(1))
        );
        Assert.Null(Health.Problem(Idle, Waiting with { IsRunning = true }, Noon.AddHours(1)));
        Assert.Null(Health.Problem(Idle with { StoreProblem = "gone" }, Waiting, Noon.AddHours(1)));
        Assert.Equal("the schedule is missing from the store", Health.Problem(Idle, null, Noon));
    }

    [Fact]
    public void A_run_that_does_not_end_within_its_deadline_hangs()
    {
        var running = Idle with { Current = new(Noon, Noon, IsRetry: false) { Deadline = TimeSpan.FromMinutes(1) } };

        Assert.Null(Health.Problem(running, Waiting, Noon.AddMinutes(2)));
        Assert.NotNull(Health.Problem(running, Waiting, Noon.AddMinutes(2).AddSeconds(1)));
    }
}
