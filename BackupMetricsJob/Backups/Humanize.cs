using System.Globalization;

namespace BackupMetricsJob.Backups;

/// <summary>
/// Formats durations and sizes for people: 12 s, 42 min, 3.2 h, 6.1 days; 33.6 MB. Units are chosen so that two digits are enough.
/// </summary>
internal static class Humanize
{
    const string Unknown = "unknown";

    public static string Duration(TimeSpan span) =>
        span switch
        {
            { TotalSeconds: < 0 } => "-" + Duration(-span),
            { TotalSeconds: < 100 } => Number(span.TotalSeconds, "0") + " s",
            { TotalMinutes: < 100 } => Number(span.TotalMinutes, "0") + " min",
            { TotalHours: < 73 } => Number(span.TotalHours, "0.#") + " h",
            _ => Number(span.TotalDays, "0.#") + " days",
        };

    /// <summary>How long ago a time was; zero if it is slightly ahead of the clock.</summary>
    public static string Since(DateTimeOffset time, DateTimeOffset now) => Duration(time < now ? now - time : TimeSpan.Zero);

    public static string Bytes(long bytes) =>
        bytes switch
        {
            < 1000 => Number(bytes, "0") + " bytes",
            < 1_000_000 => Number(bytes / 1e3, "0.#") + " kB",
            < 1_000_000_000 => Number(bytes / 1e6, "0.#") + " MB",
            < 1_000_000_000_000 => Number(bytes / 1e9, "0.#") + " GB",
            _ => Number(bytes / 1e12, "0.#") + " TB",
        };

    /// <summary>A WAL position (LSN) as PostgreSQL writes it, such as 0/2B000028.</summary>
    public static string Lsn(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes >>> 32:X}/{bytes & uint.MaxValue:X}");

    public static string Percent(double ratio) => Number(ratio * 100, "0") + " %";

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    public static string Segments(long count) => Count(count, "segment");

    /// <summary>What is waiting to be archived: 7 segments, 1 history file.</summary>
    public static string Waiting(WalEvidence wal) =>
        (wal.ReadySegments, wal.ReadyOthers) switch
        {
            (_, 0) => Segments(wal.ReadySegments),
            (0, _) => Count(wal.ReadyOthers, "history file"),
            _ => $"{Segments(wal.ReadySegments)}, {Count(wal.ReadyOthers, "history file")}",
        };

    /// <summary>How an archive_command discards WAL, for a word that archiver.sql returns.</summary>
    public static string Discarding(string word) =>
        word switch
        {
            "nothing" => "is empty or a comment",
            "/dev/null" => "writes to /dev/null",
            "no %p" => "names neither %p nor %f, the segment to store",
            "no %f" => "reads %p, and without %f each segment overwrites the last or is stored nowhere",
            _ when "|;&".Contains(word[0], StringComparison.Ordinal) => $"ends in \"{word}\" or the like, which hides every failure",
            _ => $"only does \"{word}\"",
        };

    /// <summary>The tool that made a backup, or words for it if neither a label nor a list names the tool.</summary>
    public static string Tool(string tool) => tool == Unknown ? "an unknown tool" : tool;

    /// <summary>The tool to look at, for use in advice.</summary>
    public static string ItsTool(string tool) => tool == Unknown ? "the backup tool" : tool;

    /// <summary>A count with its noun; the plural is formed with s.</summary>
    public static string Count(long count, string thing) => $"{Number(count, "0")} {thing}{(count == 1 ? "" : "s")}";

    public static string Version(int number) => number >= 100000 ? $"{number / 10000}.{number % 10000}" : $"{number / 10000}";

    static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
