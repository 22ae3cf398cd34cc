using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;

namespace BackupMetricsJob.Catalog.Import.Archive;

/// <summary>The lines of find -printf '%T@ %s %P\n': a file's modification time, size and path.</summary>
internal static class FindLines
{
    const int MaxLine = 64 * 1024;

    public static async Task ReadAsync(PipeReader pipe, ArchiveContent content, CancellationToken cancellationToken)
    {
        long line = 0;
        while (true)
        {
            var read = await pipe.ReadAsync(cancellationToken);
            var rest = read.Buffer;
            line = Lines(ref rest, content, line);
            if (read.IsCompleted && !rest.IsEmpty)
                throw new ListingException("", $"the input ends in the middle of line {line + 1}: the listing is not whole");
            if (rest.Length > MaxLine)
                throw new ListingException("", $"line {line + 1} is longer than {MaxLine} bytes");
            pipe.AdvanceTo(rest.Start, rest.End);
            if (read.IsCompleted)
                return;
        }
    }

    /// <summary>Whether a text begins with such a line.</summary>
    public static bool AreIn(ReadOnlySequence<byte> utf8)
    {
        var reader = new SequenceReader<byte>(utf8.Slice(0, Math.Min(utf8.Length, MaxLine)));
        return reader.TryReadTo(out ReadOnlySpan<byte> text, (byte)'\n') && TryParse(text.TrimEnd((byte)'\r'), out _, out _, out _);
    }

    static long Lines(ref ReadOnlySequence<byte> rest, ArchiveContent content, long line)
    {
        var reader = new SequenceReader<byte>(rest);
        while (reader.TryReadTo(out ReadOnlySpan<byte> text, (byte)'\n'))
        {
            line++;
            if (!text.TrimEnd((byte)'\r').IsEmpty)
                Add(text.TrimEnd((byte)'\r'), content, line);
        }

        rest = rest.Slice(reader.Position);
        return line;
    }

    static void Add(ReadOnlySpan<byte> text, ArchiveContent content, long line)
    {
        if (TryParse(text, out var seconds, out var size, out var path))
            content.Add(path, size, (long)(seconds * 1_000_000));
        else
            throw ArchiveReader.NotAListing(
                new(text.ToArray()),
                string.Create(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"line {line} is not a time in seconds, a size in bytes and a path"
                )
            );
    }

    static bool TryParse(ReadOnlySpan<byte> text, out decimal seconds, out long size, out ReadOnlySpan<byte> path)
    {
        size = 0;
        path = default;
        if (!Utf8Parser.TryParse(text, out seconds, out var read) || seconds is <= -1e11m or >= 1e11m)
            return false;
        if (text[read..] is not [(byte)' ', .. var sized] || !Utf8Parser.TryParse(sized, out size, out read) || size < 0)
            return false;
        if (sized[read..] is not [(byte)' ', .. { Length: > 0 } rest])
            return false;
        path = rest;
        return true;
    }
}
