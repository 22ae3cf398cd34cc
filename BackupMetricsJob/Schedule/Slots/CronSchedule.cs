using System.Text.RegularExpressions;
using Quartz;

namespace BackupMetricsJob.Schedule.Slots;

/// <summary>
/// A cron expression in a time zone. A time that is skipped in spring is due when the clocks change. A fixed time that occurs twice in
/// autumn is due the first time only; an expression with an interval of minutes or hours keeps its interval.
/// </summary>
internal sealed partial class CronSchedule(string text, CronExpression cron)
{
    /// <summary>The accepted formats, of crontab and of Quartz.</summary>
    public const string Allowed =
        "five fields as in crontab(5), like \"*/5 * * * *\", or six or seven as in Quartz, seconds first, "
        + "like \"0 */5 * * * ?\", or a macro like @hourly";

    // More than a year of minutes, which includes both clock changes.
    const int MaxSlots = 600_000;
    static readonly TimeSpan Span = TimeSpan.FromDays(400);

    /// <summary>As the user wrote it.</summary>
    public string Text { get; } = text;

    public TimeZoneInfo Zone => Cron.TimeZone;

    /// <summary>The longest time between two slots in the next 400 days; null if there is only one slot.</summary>
    public TimeSpan? LongestGap { get; private init; }

    /// <summary>The expression with seconds first, as Quartz stores it.</summary>
    internal CronExpression Cron { get; } = cron;

    /// <summary>Null and a problem if it is not a cron expression or has no slot after <paramref name="now"/>.</summary>
    public static CronSchedule? TryParse(string text, TimeZoneInfo zone, DateTimeOffset now, out string problem)
    {
        var fields = text.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        problem =
            fields.Length is 5 or 6 or 7 || text.TrimStart().StartsWith('@')
                ? ""
                : $"it has {fields.Length} {(fields.Length == 1 ? "field" : "fields")}";
        // Leave out the years, which come last: there, these numbers are valid.
        if (QuartzWildcard().Match(string.Join(' ', fields.Take(6))) is { Success: true } wildcard)
            problem = $"{wildcard.Value} is no second, minute, hour, day or month";
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
        problem = "it has no time in the future";
        return null;
    }

    /// <summary>The first slot after <paramref name="after"/>.</summary>
    public DateTimeOffset? Next(DateTimeOffset after) => Cron.GetNextValidTimeAfter(after.ToUniversalTime());

    /// <summary>The last slot at or before <paramref name="moment"/>.</summary>
    public DateTimeOffset? LastAtOrBefore(DateTimeOffset moment)
    {
        // In the repeated hour of autumn, Quartz' backward search returns the second occurrence, but its forward search, which fires, the
        // first.
        if (Cron.GetPreviousValidTimeBefore(moment.ToUniversalTime().AddTicks(1)) is not { } near)
            return null;
        DateTimeOffset? last = null;
        for (var slot = Next(near.AddHours(-2)); slot <= moment; slot = Next(slot.Value))
            last = slot;
        return last ?? near;
    }

    /// <summary>The slots between two others, exclusive; at most <paramref name="max"/>.</summary>
    public IReadOnlyList<DateTimeOffset> Between(DateTimeOffset after, DateTimeOffset before, int max)
    {
        var slots = new List<DateTimeOffset>();
        for (var slot = Next(after); slot < before && slots.Count < max; slot = Next(slot.Value))
            slots.Add(slot.Value);
        return slots;
    }

    /// <summary>Whether the schedules are the same, however they are written.</summary>
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

    // Quartz takes its own constants for "*" and "?" as numbers: 99 minutes past would be every minute.
    // https://github.com/quartznet/quartznet/blob/main/src/Quartz/CronExpression.cs
    [GeneratedRegex(@"(?<!\d)0*9[89](?!\d)")]
    private static partial Regex QuartzWildcard();

    // The other sentences describe Quartz' API.
    static string FirstSentence(string text) =>
        text.IndexOf(". ", StringComparison.Ordinal) is > 0 and var end ? text[..end] : text.TrimEnd('.');
}
