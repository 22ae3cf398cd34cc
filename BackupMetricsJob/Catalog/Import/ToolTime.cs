using System.Globalization;
using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>
/// Converts the times that tools print to UTC. A time in the future (more than five minutes after the job's clock) or before the year 2000
/// is a <see cref="ListingException"/>, and never used.
/// </summary>
internal static class ToolTime
{
    static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Whole seconds since 1970, as a number or a string of digits.</summary>
    public static DateTimeOffset? Epoch(this Fields fields, string keys, ListingOptions options)
    {
        if (fields.Count(keys) is not { } seconds)
            return null;
        if (seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds())
            throw fields.Refused(keys, $"{seconds} seconds since 1970 are no date");
        return RequirePlausible(DateTimeOffset.FromUnixTimeSeconds(seconds), fields, keys, options);
    }

    /// <summary>ISO 8601, optionally with a blank between date and time. A time without a zone is in that of the tool's host.</summary>
    public static DateTimeOffset? Iso(this Fields fields, string keys, ListingOptions options) =>
        fields.AnyIso(keys, options.Zone) is { } time ? RequirePlausible(time, fields, keys, options) : null;

    /// <summary>As <see cref="Iso"/>, but Go's zero time, which means unset, is null.</summary>
    public static DateTimeOffset? IsoUnlessZero(this Fields fields, string keys, ListingOptions options) =>
        fields.AnyIso(keys, options.Zone) is { Year: > 1 } time ? RequirePlausible(time, fields, keys, options) : null;

    /// <summary>Any date. The end of a retention may well be in the future.</summary>
    public static DateTimeOffset? AnyIso(this Fields fields, string keys, TimeZoneInfo zone)
    {
        if (fields.Text(keys) is not { } text)
            return null;
        return ParseIso(text, zone)
            ?? throw fields.Refused(keys, $"\"{PlainText.OnOneLine(text, 60)}\" is no time, like 2026-11-22T08:26:38Z");
    }

    public static DateTimeOffset RequirePlausible(DateTimeOffset time, Fields fields, string keys, ListingOptions options)
    {
        if (time < Earliest)
            throw fields.Refused(keys, $"the time {Iso(time)} is before the year 2000");
        if (time > options.Now + ClockTolerance.Max)
            throw fields.Refused(
                keys,
                $"the time {Iso(time)} is in the future: it is {Iso(options.Now)} now. Is a clock or a time zone wrong?"
            );
        return time;
    }

    /// <summary>
    /// Converts a local time to UTC. A time that occurs twice, when clocks are set back, means the earlier one. A time that is skipped,
    /// when clocks are set forward, is read as if they had not been.
    /// </summary>
    public static DateTimeOffset FromLocal(DateTime local, TimeZoneInfo zone)
    {
        var offset = zone.GetUtcOffset(local);
        if (zone.IsAmbiguousTime(local))
            offset = zone.GetAmbiguousTimeOffsets(local).Max();
        else if (zone.IsInvalidTime(local))
            offset = zone.GetUtcOffset(local.AddHours(-3));
        return Utc(local.Ticks - offset.Ticks) ?? DateTimeOffset.MinValue;
    }

    /// <summary>Null if the text is not a time.</summary>
    public static DateTimeOffset? ParseIso(string text, TimeZoneInfo zone)
    {
        const int Seconds = 19;
        if (
            text.Length < Seconds
            || text[10] is not ('T' or ' ')
            || !DateTime.TryParseExact(
                $"{text.AsSpan(0, 10)}T{text.AsSpan(11, 8)}",
                "s",
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var local
            )
        )
            return null;
        var rest = text.AsSpan(Seconds);
        if (rest is ['.', ..])
        {
            var digits = rest[1..].IndexOfAnyExceptInRange('0', '9') is var stop and >= 0 ? stop : rest.Length - 1;
            if (digits is 0 or > 15)
                return null;
            var fraction = decimal.Parse(rest[..(digits + 1)], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
            local = local.AddTicks((long)(fraction * TimeSpan.TicksPerSecond));
            rest = rest[(digits + 1)..];
        }

        if (rest.IsEmpty)
            return FromLocal(local, zone);
        return rest is "Z" ? Utc(local.Ticks)
            : Offset(rest) is { } offset ? Utc(local.Ticks - offset.Ticks)
            : null;
    }

    static TimeSpan? Offset(ReadOnlySpan<char> text)
    {
        Span<char> digits = stackalloc char[4];
        digits.Fill('0');
        var rest = text[1..];
        if (text[0] is not ('+' or '-') || rest.Length is not (2 or 4 or 5) || (rest.Length == 5 && rest[2] != ':'))
            return null;
        rest[..2].CopyTo(digits);
        if (rest.Length > 2)
            rest[^2..].CopyTo(digits[2..]);
        if (digits.ContainsAnyExceptInRange('0', '9'))
            return null;
        var minutes = (((digits[0] - '0') * 10 + (digits[1] - '0')) * 60) + ((digits[2] - '0') * 10) + (digits[3] - '0');
        return TimeSpan.FromMinutes(text[0] == '-' ? -minutes : minutes);
    }

    static DateTimeOffset? Utc(long ticks) =>
        ticks < DateTime.MinValue.Ticks || ticks > DateTime.MaxValue.Ticks ? null : new DateTimeOffset(ticks, TimeSpan.Zero);

    static string Iso(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
