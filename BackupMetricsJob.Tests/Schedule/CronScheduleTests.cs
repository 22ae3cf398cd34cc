using BackupMetricsJob.Schedule.Slots;

namespace BackupMetricsJob.Tests.Schedule;

/// <summary>The slots of whole days, including the nights on which the clocks change.</summary>
public sealed class CronScheduleTests
{
    static readonly TimeZoneInfo Zurich = TimeZoneInfo.FindSystemTimeZoneById("Europe/Zurich");
    static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    // The clocks jump from 02:00 to 03:00 on 29 March, and from 03:00 back to 02:00 on 25 October.
    [Theory]
    [InlineData("0 */5 * * * ?", "2026-03-29", 276, "00:05:00")]
    [InlineData("*/5 * * * *", "2026-10-25", 300, "00:05:00")]
    [InlineData("0 * * * *", "2026-03-29", 23, "01:00:00")]
    [InlineData("0 * * * *", "2026-10-25", 25, "01:00:00")]
    [InlineData("*/5 * * * *", "2026-07-01", 288, "00:05:00")]
    public void A_day_has_all_its_slots_however_long_it_is(string cron, string day, int count, string gap)
    {
        var plan = Parse(cron, Zurich);
        var slots = Day(plan, DateOnly.Parse(day, null));

        Assert.Equal(count, slots.Count);
        Assert.All(slots.Zip(slots.Skip(1)), pair => Assert.Equal(TimeSpan.Parse(gap, null), pair.Second - pair.First));
    }

    [Theory]
    [InlineData("2026-03-29", "2026-03-29T01:00:00Z")] // 02:30 does not exist: when the clocks jump
    [InlineData("2026-10-25", "2026-10-25T00:30:00Z")] // 02:30 comes twice: the first time
    [InlineData("2026-10-26", "2026-10-26T01:30:00Z")]
    public void A_nightly_run_happens_once_a_night(string day, string slot)
    {
        var plan = Parse("30 2 * * *", Zurich);

        Assert.Equal([DateTimeOffset.Parse(slot, null)], Day(plan, DateOnly.Parse(day, null)));
    }

    [Theory]
    [InlineData("*/5 * * * *")]
    [InlineData("30 2 * * *")]
    [InlineData("0 0/30 2 * * ?")]
    [InlineData("0 15 10 ? * MON-FRI")]
    public void The_slot_of_a_moment_is_the_last_one_that_fired(string cron)
    {
        var plan = Parse(cron, Zurich);
        for (
            var at = new DateTimeOffset(2026, 10, 24, 12, 0, 0, TimeSpan.Zero);
            at < new DateTimeOffset(2026, 10, 26, 12, 0, 0, TimeSpan.Zero);
            at += TimeSpan.FromMinutes(17)
        )
        {
            DateTimeOffset? last = null;
            for (var slot = plan.Next(at.AddDays(-8)); slot <= at; slot = plan.Next(slot.Value))
                last = slot;
            Assert.Equal(last, plan.LastAtOrBefore(at));
        }

        var exact = plan.Next(Noon)!.Value;
        Assert.Equal(exact, plan.LastAtOrBefore(exact));
    }

    [Theory]
    [InlineData("*/5 * * * *", "00:05:00")]
    [InlineData("0 */5 * * * ?", "00:05:00")]
    [InlineData("*/2 * * * * ?", "00:00:02")]
    [InlineData("@hourly", "01:00:00")]
    [InlineData("0 3 * * *", "1.01:00:00")] // the night of 25 hours
    [InlineData("*/5 8-17 * * 1-5", "2.15:05:00")] // Friday 17:55 to Monday 08:00, and one hour more in October
    [InlineData("0 3 1 * *", "31.01:00:00")]
    [InlineData("0 0 3 29 2 ?", "1461.00:00:00")]
    public void The_interval_is_the_longest_gap_between_two_slots(string cron, string gap) =>
        Assert.Equal(TimeSpan.Parse(gap, null), Parse(cron, Zurich).LongestGap);

    [Fact]
    public void A_single_slot_has_no_interval() => Assert.Null(Parse("0 0 12 1 1 ? 2030", TimeZoneInfo.Utc).LongestGap);

    [Theory]
    [InlineData("", "it has 0 fields")]
    [InlineData("5m", "it has 1 field")]
    [InlineData("* * * *", "it has 4 fields")]
    [InlineData("61 * * * *", "Minute and Second values must be between 0 and 59")]
    [InlineData("99 * * * *", "99 is no second, minute, hour, day or month")]
    [InlineData("0 99 * * *", "99 is no second, minute, hour, day or month")]
    [InlineData("0 0 98 * *", "98 is no second, minute, hour, day or month")]
    [InlineData("0 0 * 99 *", "99 is no second, minute, hour, day or month")]
    [InlineData("0 0 * * 99", "99 is no second, minute, hour, day or month")]
    [InlineData("5,099/5 * * * *", "099 is no second, minute, hour, day or month")]
    [InlineData("99 0 3 * * ? 2099", "99 is no second, minute, hour, day or month")]
    [InlineData("0 0 3 31 2 ?", "it has no time in the future")]
    [InlineData("0 */5 * * * ? 2020", "it has no time in the future")]
    public void What_is_wrong_is_said(string cron, string problem)
    {
        Assert.Null(CronSchedule.TryParse(cron, TimeZoneInfo.Utc, Noon, out var said));
        Assert.Equal(problem, said);
    }

    [Fact]
    public void Five_fields_are_a_crontabs_and_six_are_Quartzs()
    {
        // Sunday is 0 in a crontab and 1 in Quartz.
        Assert.True(Parse("0 3 * * 0", Zurich).IsEquivalentTo(Parse("0 0 3 ? * SUN", Zurich)));
        Assert.True(Parse("0 0 3 ? * 1", Zurich).Next(Noon)!.Value.DayOfWeek == DayOfWeek.Sunday);
        Assert.False(Parse("0 3 * * 0", Zurich).IsEquivalentTo(Parse("0 3 * * 0", TimeZoneInfo.Utc)));
    }

    static CronSchedule Parse(string cron, TimeZoneInfo zone) =>
        CronSchedule.TryParse(cron, zone, Noon, out var problem) ?? throw new ArgumentException(problem);

    static List<DateTimeOffset> Day(CronSchedule plan, DateOnly day)
    {
        var (begin, end) = (Midnight(day), Midnight(day.AddDays(1)));
        return [.. plan.Between(begin.AddSeconds(-1), end, 10_000)];
    }

    static DateTimeOffset Midnight(DateOnly day)
    {
        var local = day.ToDateTime(TimeOnly.MinValue);
        return new(local, Zurich.GetUtcOffset(local));
    }
}
