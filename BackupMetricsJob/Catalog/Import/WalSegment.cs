using System.Globalization;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>Names of WAL segments: 24 hexadecimal digits, of which the first eight are the timeline.</summary>
internal static class WalSegment
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

    public static int? Timeline(string? segment) =>
        segment is not null && int.TryParse(segment.AsSpan(0, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var timeline) && timeline > 0
            ? timeline
            : null;
}
