using System.Globalization;

namespace BackupMetricsJob.Reporting;

/// <summary>
/// Parses times in the formats of `date`: RFC 3339 with a zone (2026-11-22T03:00:00+01:00, also with a space), or seconds since 1970 (date
/// +%s).
/// </summary>
internal static class TimeParser
{
    public const string Allowed = "a time with a zone like 2026-11-22T03:00:00Z, or seconds since 1970 (date +%s)";

    static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mm:sszzz",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz",
        "yyyy-MM-dd HH:mm:sszzz",
        "yyyy-MM-dd HH:mm:ss.FFFFFFFzzz",
        "yyyy-MM-dd'T'HH:mm:ss'Z'",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'",
        "yyyy-MM-dd HH:mm:ss'Z'",
        "yyyy-MM-dd HH:mm:ss.FFFFFFF'Z'",
    ];

    // In the year 9999, the last that DateTimeOffset can represent.
    const decimal LastSecond = 253402300799;

    public static bool TryParse(string text, out DateTimeOffset time)
    {
        time = default;
        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
        {
            if (seconds > LastSecond)
                return false;
            time = DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond));
            return true;
        }

        return DateTimeOffset.TryParseExact(
            text,
            Formats,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out time
        );
    }
}
