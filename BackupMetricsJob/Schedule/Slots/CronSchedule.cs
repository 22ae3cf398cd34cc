using Quartz;

namespace BackupMetricsJob.Schedule.Slots;

/// <summary>
/// When the job runs: a cron expression in a time zone. A time that the clocks skip in spring is due at the moment they jump; a fixed time
/// that comes twice in autumn is due the first time only, while what is due every few minutes or hours goes on through both.
/// </summary>
internal sealed class CronSchedule(string text, CronExpression cron)
{
    /// <summary>What a crontab and Quartz call a cron expression.</summary>
    public const string Allowed =
        "five fields as in crontab(5), like \"*/5 * * * *\", or six or seven as Quartz has them, the seconds first, "
        + "like \"0 */5 * * * ?\", or @hourly and the like";

    // More than a year of every minute; both changes of the clocks are in it.
    const int MaxSlots = 600_000;
    static readonly TimeSpan Span = TimeSpan.FromDays(400);

    /// <summary>As the user wrote it.</summary>
    public string Text { get; } = text;

    public TimeZoneInfo Zone => Cron.TimeZone;

    /// <summary>The longest time between a slot and the next one, of the next 400 days; null where there is one slot and no more.</summary>
    public TimeSpan? LongestGap { get; private init; }

    /// <summary>The same with the seconds first, as Quartz keeps it.</summary>
    internal CronExpression Cron { get; } = cron;

    /// <summary>Null, and what is wrong in words, where it is no cron expression or has no slot after <paramref name="now"/>.</summary>
    public static CronSchedule? TryParse(string text, TimeZoneInfo zone, DateTimeOffset now, out string problem)
    {
        var fields = text.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        problem =
            fields.Length is 5 or 6 or 7 || text.TrimStart().StartsWith('@')
                ? ""
                : $"it has {fields.Length} {(fields.Length == 1 ? "field" : "fields")}";
        if (problem.Length > 0)
            return null;
        CronExpression cron;
        try
        {
            cron = CronExpression.Parse(text.Trim(), fields.Length == 5 ? CronFormat.Unix : CronFormat.Quartz).WithTimeZone(zone);
        }
        catch (FormatException wrong)
        {
            problem = FirstSentence(wrong.Message);
            return null;
        }

        var plan = new CronSchedule(text.Trim(), cron);
        if (plan.Next(now) is not null)
            return new(plan.Text, cron) { LongestGap = plan.Longest(now) };
        problem = "no time from now on is in it";
        return null;
    }

    /// <summary>The first slot later than <paramref name="after"/>.</summary>
    public DateTimeOffset? Next(DateTimeOffset after) => Cron.GetNextValidTimeAfter(after.ToUniversalTime());

    /// <summary>The last slot that is not later than <paramref name="moment"/>.</summary>
    public DateTimeOffset? LastAtOrBefore(DateTimeOffset moment)
    {
        // Quartz' own search backwards names the second 02:30 of an autumn night, its search forwards the first; the latter is what fires.
        if (Cron.GetPreviousValidTimeBefore(moment.ToUniversalTime().AddTicks(1)) is not { } near)
            return null;
        DateTimeOffset? last = null;
        for (var slot = Next(near.AddHours(-2)); slot <= moment; slot = Next(slot.Value))
            last = slot;
        return last ?? near;
    }

    /// <summary>The slots between two others, which are not counted themselves; at most <paramref name="most"/>.</summary>
    public IReadOnlyList<DateTimeOffset> Between(DateTimeOffset after, DateTimeOffset before, int most)
    {
        var slots = new List<DateTimeOffset>();
        for (var slot = Next(after); slot < before && slots.Count < most; slot = Next(slot.Value))
            slots.Add(slot.Value);
        return slots;
    }

    /// <summary>Whether the two mean the same, however they are written.</summary>
    public bool IsEquivalentTo(CronSchedule other) =>
        Cron.CronExpressionString == other.Cron.CronExpressionString && Zone.Id == other.Zone.Id;

    TimeSpan? Longest(DateTimeOffset now)
    {
        TimeSpan? longest = null;
        var last = Next(now)!.Value;
        for (var count = 0; count < MaxSlots && (longest is null || last < now + Span); count++)
        {
            if (Next(last) is not { } next)
                return longest;
            if (!(longest >= next - last))
                longest = next - last;
            last = next;
        }

        return longest;
    }

    // What follows is about Quartz' programming interface.
    static string FirstSentence(string text) =>
        text.IndexOf(". ", StringComparison.Ordinal) is > 0 and var end ? text[..end] : text.TrimEnd('.');
}
