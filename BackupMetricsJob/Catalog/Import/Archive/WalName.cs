using System.Buffers;
using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Catalog.Import.Archive;

/// <summary>The kind of a file in an archive, by its name.</summary>
internal enum WalFileKind
{
    /// <summary>Irrelevant: a checksum, a temporary file, a file of the tool.</summary>
    Other,
    Segment,

    /// <summary>The partial last segment of a timeline.</summary>
    Partial,

    /// <summary>00000002.history: where a timeline branched off.</summary>
    History,

    /// <summary>000000010000000000000004.00000028.backup: where a base backup starts.</summary>
    Backup,
}

/// <summary>
/// The name of a file in a WAL archive, with any suffix that tools append: pgBackRest's checksum, and the extensions of compressed and
/// encrypted files.
/// </summary>
/// <param name="Kind">What the file is.</param>
/// <param name="Timeline">The file's timeline.</param>
/// <param name="Place">The position of the segment: the eight digits after the timeline times 2^32, plus the last eight.</param>
/// <param name="IsPlain">Whether it has no extension, so that its size may be the segment size.</param>
internal readonly record struct WalName(WalFileKind Kind, uint Timeline, long Place, bool IsPlain)
{
    const int Timelines = 8;
    const int Segments = 24;
    const int Checksum = 40;

    static readonly SearchValues<byte> LowerHex = SearchValues.Create("0123456789abcdef"u8);

    /// <summary>The maximum number of segments per log number: with segments of 1 MB.</summary>
    const uint MaxSegmentsPerLog = (uint)((1L << 32) / WalSegmentSize.Min);

    /// <param name="name">The last part of the path.</param>
    public static WalName Parse(ReadOnlySpan<byte> name)
    {
        if (TryHex(name, out var timeline) && timeline > 0)
        {
            var rest = name[Timelines..];
            if (rest.StartsWith(".history"u8))
                return AreEndings(rest[8..]) ? new(WalFileKind.History, timeline, 0, false) : default;
            if (TryHex(rest, out var log) && TryHex(rest[8..], out var number) && log <= int.MaxValue && number < MaxSegmentsPerLog)
                return OfSegment(name[Segments..], timeline, ((long)log << 32) | number);
        }

        return default;
    }

    static WalName OfSegment(ReadOnlySpan<byte> rest, uint timeline, long place)
    {
        var kind = WalFileKind.Segment;
        if (rest.StartsWith(".partial"u8))
        {
            kind = WalFileKind.Partial;
            rest = rest[8..];
        }
        else if (rest.Length >= 16 && rest[0] == '.' && TryHex(rest[1..], out _) && rest[9..].StartsWith(".backup"u8))
        {
            kind = WalFileKind.Backup;
            rest = rest[16..];
        }

        if (rest.Length > Checksum && rest[0] == '-' && rest[1..(Checksum + 1)].IndexOfAnyExcept(LowerHex) < 0)
            rest = rest[(Checksum + 1)..];
        return AreEndings(rest) ? new(kind, timeline, place, rest.IsEmpty) : default;
    }

    static bool AreEndings(ReadOnlySpan<byte> rest)
    {
        while (!rest.IsEmpty)
        {
            if (rest[0] != '.')
                return false;
            rest = rest[1..];
            var next = rest.IndexOf((byte)'.');
            if (!IsEnding(next < 0 ? rest : rest[..next]))
                return false;
            rest = next < 0 ? [] : rest[next..];
        }

        return true;
    }

    static bool IsEnding(ReadOnlySpan<byte> ending) =>
        ending.SequenceEqual("gz"u8)
        || ending.SequenceEqual("lz4"u8)
        || ending.SequenceEqual("zst"u8)
        || ending.SequenceEqual("br"u8)
        || ending.SequenceEqual("xz"u8)
        || ending.SequenceEqual("lzma"u8)
        || ending.SequenceEqual("lzo"u8)
        || ending.SequenceEqual("bz2"u8)
        || ending.SequenceEqual("snappy"u8)
        || ending.SequenceEqual("gpg"u8)
        || ending.SequenceEqual("age"u8);

    /// <summary>Reads eight hexadecimal digits in PostgreSQL's spelling: upper case.</summary>
    static bool TryHex(ReadOnlySpan<byte> text, out uint value)
    {
        value = 0;
        if (text.Length < 8)
            return false;
        foreach (var digit in text[..8])
        {
            var number =
                digit is >= (byte)'0' and <= (byte)'9' ? digit - '0'
                : digit is >= (byte)'A' and <= (byte)'F' ? digit - 'A' + 10
                : -1;
            if (number < 0)
                return false;
            value = (value << 4) | (uint)number;
        }

        return true;
    }
}
