using System.Globalization;

namespace BackupMetricsJob.Backups;

/// <summary>Spans and sizes as a person reads them: 12 s, 42 min, 3.2 h, 6.1 days; 33.6 MB. Units are chosen so that two digits tell enough.</summary>
internal static class InWords
{
    public static string Of(TimeSpan span) => span switch
    {
        { TotalSeconds: < 0 } => "-" + Of(-span),
        { TotalSeconds: < 100 } => Number(span.TotalSeconds, "0") + " s",
        { TotalMinutes: < 100 } => Number(span.TotalMinutes, "0") + " min",
        { TotalHours: < 73 } => Number(span.TotalHours, "0.#") + " h",
        _ => Number(span.TotalDays, "0.#") + " days",
    };

    public static string Bytes(long bytes) => bytes switch
    {
        < 1000 => Number(bytes, "0") + " bytes",
        < 1_000_000 => Number(bytes / 1e3, "0.#") + " kB",
        < 1_000_000_000 => Number(bytes / 1e6, "0.#") + " MB",
        < 1_000_000_000_000 => Number(bytes / 1e9, "0.#") + " GB",
        _ => Number(bytes / 1e12, "0.#") + " TB",
    };

    public static string Percent(double ratio) => Number(ratio * 100, "0") + " %";

    public static string Of(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    public static string Segments(long count) => Count(count, "segment");

    /// <summary>A number of things whose plural ends in s.</summary>
    public static string Count(long count, string thing) => $"{Number(count, "0")} {thing}{(count == 1 ? "" : "s")}";

    public static string Version(int number) => number >= 100000 ? $"{number / 10000}.{number % 10000}" : $"{number / 10000}";

    static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
