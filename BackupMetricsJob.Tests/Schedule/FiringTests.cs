using System.Globalization;
using BackupMetricsJob.Running;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Schedule;

/// <summary>Quartz with the test's clock: which slots run during a day, and after the host was suspended.</summary>
public sealed class FiringTests
{
    [Theory]
    [InlineData("2026-03-28T23:00:00Z", 23 * 4)] // the day on which the clocks jump, in Zurich
    [InlineData("2026-10-24T22:00:00Z", 25 * 4)] // the day on which they go back
    public async Task Every_slot_of_a_day_is_run_once(string midnight, int slots)
    {
        var begin = DateTimeOffset.Parse(midnight, CultureInfo.InvariantCulture).AddSeconds(-1);
        var clock = new SteppedClock(begin);
        using var daemon = new Harness(clock, "cron=*/15 * * * *", "timezone=Europe/Zurich", "no-push=true");
        await using var schedule = daemon.Schedule;
        await schedule.StartAsync(daemon.Options.Current.Plan, default);

        for (var i = 0; i < slots; i++)
            await ToNextSlotAsync(daemon, clock);

        var began = daemon.Lines.Where(line => line.Contains(" begins on ", StringComparison.Ordinal)).ToList();
        var plan = daemon.Options.Current.Plan;
        Assert.Equal(
            plan.Between(begin, clock.GetUtcNow().AddSeconds(1), 1000)
                .Select(slot => $"schedule: slot {slot:yyyy-MM-ddTHH:mm:ssZ} begins on here"),
            began
        );
        Assert.DoesNotContain("missed", daemon.Text, StringComparison.Ordinal);
        await schedule.StopAsync(default);
    }

    [Fact]
    public async Task A_host_that_was_suspended_for_an_hour_makes_up_for_it_by_one_run()
    {
        var clock = new SteppedClock(FixedClock.Noon.AddSeconds(1));
        using var daemon = new Harness(clock, "cron=*/5 * * * *", "timezone=UTC", "no-push=true");
        await using var schedule = daemon.Schedule;
        await schedule.StartAsync(daemon.Options.Current.Plan, default);
        await ToNextSlotAsync(daemon, clock);

        clock.Set(FixedClock.Noon.AddMinutes(67));
        await EndedAsync(daemon, runs: 2);
        await ToNextSlotAsync(daemon, clock);

        Assert.Equal(
            [
                "schedule: slot 2026-11-22T12:05:00Z begins on here",
                "warning schedule: 11 slots were missed, from 2026-11-22T12:10:00Z to 2026-11-22T13:00:00Z; "
                    + "one run now makes up for all of them",
                "schedule: slot 2026-11-22T13:05:00Z begins on here, 120 s late",
                "schedule: slot 2026-11-22T13:10:00Z begins on here",
            ],
            daemon.Lines.Where(line =>
                line.Contains("begins", StringComparison.Ordinal) || line.Contains("missed", StringComparison.Ordinal)
            )
        );
        await schedule.StopAsync(default);
    }

    [Fact]
    public async Task A_run_whose_push_did_not_arrive_is_tried_again_more_and_more_seldom_until_the_next_slot()
    {
        var clock = new SteppedClock(FixedClock.Noon);
        using var daemon = new Harness(clock, "cron=*/5 * * * *", "timezone=UTC", "gateway=http://127.0.0.1:1", "deadline=1s");
        var run = daemon.Runner.RunAsync(FixedClock.Noon);
        while (!run.IsCompleted)
        {
            if (clock.NextDue is { } due)
                clock.Set(due);
            await Wait.ForAsync("a timer or the end", () => run.IsCompleted || clock.NextDue is not null);
        }

        Assert.False(await run);
        Assert.Equal([false, true, true, true], daemon.State.Now.History.Select(record => record.IsRetry));
        Assert.All(daemon.State.Now.History, record => Assert.Equal((75, FixedClock.Noon), ((int)record.ExitCode, record.Slot)));
        Assert.Contains(
            daemon.Lines,
            line => line.Contains("it is not retried, because the next slot is 2026-11-22T12:05:00Z", StringComparison.Ordinal)
        );
        Assert.Null(daemon.State.Now.LastSuccess);
    }

    [Fact]
    public async Task A_splayed_run_waits_for_its_part_once_a_slot_and_SIGTERM_ends_the_waiting()
    {
        var clock = new SteppedClock(FixedClock.Noon);
        using var daemon = new Harness(clock, "cron=@hourly", "timezone=UTC", "gateway=http://127.0.0.1:1", "deadline=1s", "splay=10m");
        var part = TimeSpan.FromMilliseconds(
            Math.Floor(Splay.Delay(TimeSpan.FromMinutes(10), Environment.MachineName, daemon.Options.Current.Job.Group).TotalMilliseconds)
        );
        var run = daemon.Runner.RunAsync(FixedClock.Noon);
        await Wait.ForAsync("the splay", () => clock.NextDue is not null);
        Assert.Equal(FixedClock.Noon + part, clock.NextDue);
        Assert.Empty(daemon.State.Now.History);
        Assert.Null(daemon.State.Now.Current);

        while (daemon.State.Now.History.Count < 3)
        {
            if (clock.NextDue is { } due)
                clock.Set(due);
            await Wait.ForAsync("a timer or a run", () => daemon.State.Now.History.Count >= 3 || clock.NextDue is not null);
        }

        Assert.Equal([false, true, true], daemon.State.Now.History.Select(record => record.IsRetry));
        Assert.Equal(FixedClock.Noon + part, daemon.State.Now.History[0].Began);
        Assert.All(daemon.State.Now.History, record => Assert.InRange(record.Duration, TimeSpan.Zero, TimeSpan.FromSeconds(20)));
        Assert.Single(daemon.Lines, line => line.Contains("its splay", StringComparison.Ordinal));
        daemon.Runner.Stop();
        await run;

        using var waiting = new Harness(clock, "cron=@hourly", "timezone=UTC", "gateway=http://127.0.0.1:1", "splay=10m");
        var stopped = waiting.Runner.RunAsync(FixedClock.Noon);
        await Wait.ForAsync("the splay", () => clock.NextDue is not null);
        waiting.Runner.Stop();
        Assert.False(await stopped.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Empty(waiting.State.Now.History);
    }

    static async Task ToNextSlotAsync(Harness daemon, SteppedClock clock)
    {
        var before = Ended(daemon);
        var slot = daemon.Options.Current.Plan.Next(clock.GetUtcNow())!.Value;
        await Wait.ForAsync("Quartz to wait", () => clock.NextDue is not null);
        clock.Set(slot);
        await EndedAsync(daemon, before + 1);
    }

    static Task EndedAsync(Harness daemon, int runs) =>
        Wait.ForAsync($"{runs} runs", () => Ended(daemon) >= runs, TimeSpan.FromSeconds(10), () => daemon.Text);

    static int Ended(Harness daemon) => daemon.Lines.Count(line => line.Contains(" ended on ", StringComparison.Ordinal));
}
