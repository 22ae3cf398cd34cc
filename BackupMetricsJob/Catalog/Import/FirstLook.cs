using System.Text;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>
/// Looks at the beginning of an input and refuses what is plainly something else, with its name: a page, a compressed file, another
/// encoding, text, another tool's output. A byte order mark of UTF-8 is passed over.
/// </summary>
internal static class FirstLook
{
    const int Enough = 64 * 1024;

    public static async ValueTask CheckAsync(Stream input, string tool, CancellationToken cancel)
    {
        var from = input.Position;
        var buffer = new byte[Enough];
        var length = await input.ReadAtLeastAsync(buffer, Enough, throwOnEndOfStream: false, cancel);
        var start = buffer.AsMemory(0, length);
        var mark = start.Span is [0xEF, 0xBB, 0xBF, ..] ? 3 : 0;
        input.Position = from + mark;
        if (Problem(start.Span[mark..], tool) is { } problem)
            throw new ListingException("", problem);
    }

    static string? Problem(ReadOnlySpan<byte> start, string tool)
    {
        var expected = $"the output of `{ToolOutput.Command(tool)}` is expected";
        if (Encoded(start) is { } encoded)
            return $"the input is {encoded}: {expected}";
        var text = start.TrimStart(" \t\r\n"u8);
        if (text.IsEmpty)
            return start.Length == Enough ? $"the input begins with nothing but blanks: {expected}" : $"the input is empty: {expected}{Hint(tool)}";
        if (text[0] == (byte)'<')
            return $"the input is a page of HTML or XML (\"{FirstLine(text)}\"), perhaps of a proxy or an error: {expected}";
        if (text[0] is not ((byte)'[' or (byte)'{') && !text.StartsWith("n"u8))
            return $"the input is not JSON: it begins with \"{FirstLine(text)}\"; {expected}";
        return KnownOutput.Of(text) is { } known && known.Tool != tool
            ? $"the input looks like {known.Name}: {expected}"
            : null;
    }

    static string Hint(string tool) => tool == "wal-g"
        ? ". Up to 3.0.5 wal-g prints nothing where there is no backup, and it prints nothing where it fails:"
            + " if there really is none, give [] with --allow-empty"
        : "";

    static string? Encoded(ReadOnlySpan<byte> start) => start switch
    {
        [0x1F, 0x8B, ..] => "compressed with gzip",
        [0x28, 0xB5, 0x2F, 0xFD, ..] => "compressed with zstd",
        [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', ..] => "compressed with xz",
        [(byte)'B', (byte)'Z', (byte)'h', ..] => "compressed with bzip2",
        [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] or [0, ..] or [_, 0, ..] => "in UTF-16 or UTF-32, or binary, not in UTF-8",
        _ => null,
    };

    static string FirstLine(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAny((byte)'\n', (byte)'\r');
        var line = end < 0 ? text : text[..end];
        return Shown.Briefly(Encoding.UTF8.GetString(line[..Math.Min(line.Length, 300)]));
    }
}
