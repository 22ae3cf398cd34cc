using System.Globalization;

namespace BackupMetricsJob.Backups;

/// <summary>The name of a WAL segment: 24 hexadecimal digits. The first eight are the timeline, the rest is the position.</summary>
internal static class SegmentName
{
    const int Length = 24;

    public static bool IsName(ReadOnlySpan<char> text)
    {
        foreach (var digit in text)
        {
            if (!char.IsAsciiHexDigit(digit))
                return false;
        }

        return text.Length == Length;
    }

    /// <summary>The timeline; null if this is no segment name.</summary>
    public static int? Timeline(string? name) => Part(name, 0) is > 0 and <= int.MaxValue and var timeline ? (int)timeline : null;

    /// <summary>Where the segment starts in the WAL stream, in bytes; null if this is no segment name.</summary>
    public static long? Start(string? name, long segmentSize) =>
        Part(name, 8) is <= int.MaxValue and var log && Part(name, 16) is { } number ? (log << 32) + (number * segmentSize) : null;

    /// <summary>
    /// The position of the segment as a number: the eight digits after the timeline times 2^32, plus the last eight. Null if this is no
    /// segment name.
    /// </summary>
    public static long? Place(string? name) =>
        Part(name, 8) is <= int.MaxValue and var log && Part(name, 16) is { } number ? (log << 32) | number : null;

    /// <summary>The position of the segment that contains a byte of the WAL stream.</summary>
    public static long Place(long lsn, long segmentSize) => (lsn >> 32 << 32) | ((lsn & uint.MaxValue) / segmentSize);

    /// <summary>The name of the segment at a position.</summary>
    public static string Format(long timeline, long place) =>
        string.Create(CultureInfo.InvariantCulture, $"{timeline:X8}{place >> 32:X8}{place & uint.MaxValue:X8}");

    static long? Part(string? name, int at) =>
        name is { Length: Length }
        && uint.TryParse(name.AsSpan(at, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var part)
            ? part
            : null;
}
