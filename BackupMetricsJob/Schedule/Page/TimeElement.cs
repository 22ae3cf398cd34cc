using System.Globalization;
using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Schedule.Page;

/// <summary>Renders times for people and machines.</summary>
internal static class TimeElement
{
    /// <summary>2026-11-22 12:00 UTC; the seconds are in the datetime attribute.</summary>
    public static Html Render(DateTimeOffset at) => Render(at, "yyyy-MM-dd HH:mm 'UTC'");

    /// <summary>2026-11-22, where only the day matters.</summary>
    public static Html Date(DateTimeOffset at) => Render(at, "yyyy-MM-dd");

    /// <summary>3 min ago, in 42 s, now.</summary>
    public static string Relative(DateTimeOffset now, DateTimeOffset at) =>
        (at - now) switch
        {
            { TotalSeconds: > -1 and < 1 } => "now",
            { Ticks: < 0 } before => $"{Humanize.Duration(-before)} ago",
            var after => $"in {Humanize.Duration(after)}",
        };

    static Html Render(DateTimeOffset at, string format) =>
        Html.Format(
            $"<time datetime=\"{at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}\">"
                + $"{at.UtcDateTime.ToString(format, CultureInfo.InvariantCulture)}</time>"
        );
}
