using System.Text;

namespace BackupMetricsJob.Files;

/// <summary>What came of reading a file, or of listing a folder: all that is in it, or why it cannot be had.</summary>
internal sealed record FileContent
{
    static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>It hangs: nothing more is known of it.</summary>
    public static FileContent TimedOut { get; } =
        new()
        {
            Fault =
                $"cannot be read: no answer within {FileReading.Timeout.TotalSeconds:0} s; is it a pipe that nobody writes to, "
                + "or on a file system that hangs?",
        };

    /// <summary>Why it cannot be had, on one line; null where it can.</summary>
    public string? Fault { get; init; }

    /// <summary>
    /// There is none, or it is in a folder that we may not look into. One that hangs, or that others alone may read, is there.
    /// </summary>
    public bool IsMissing { get; init; }

    public byte[] Bytes { get; init; } = [];

    /// <summary>Who may do what with it; nothing is known of that on Windows.</summary>
    public UnixFileMode Mode { get; init; }

    /// <summary>The files of a folder, each with its path.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>As UTF-8, with U+FFFD for what is none: good enough where only ASCII counts, as in PEM.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes).TrimStart('\uFEFF');

    /// <summary>The text without its line ends.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            using var reader = new StringReader(Text);
            var lines = new List<string>();
            while (reader.ReadLine() is { } line)
                lines.Add(line);
            return lines;
        }
    }

    /// <summary>The text; null, with why, where there is none, or where it is not UTF-8.</summary>
    public string? TryText(out string fault)
    {
        fault = Fault ?? "";
        if (Fault is not null)
            return null;
        try
        {
            return Utf8.GetString(Bytes);
        }
        catch (DecoderFallbackException)
        {
            fault = "is not UTF-8";
            return null;
        }
    }

    /// <summary>Asks the file system, for as long as that takes.</summary>
    /// <param name="path">A file, or a folder.</param>
    /// <param name="max">So many bytes of the file at most; below zero: the names in the folder.</param>
    public static FileContent Read(string path, int max)
    {
        try
        {
            if (max < 0)
                return new() { Names = Directory.GetFiles(path) };
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 1);
            var bytes = new byte[Math.Min(256, max + 1)];
            for (int length = 0, read = -1; read != 0; length += read)
            {
                if (length > max)
                    return new() { Fault = max < 1 << 20 ? $"is larger than {max >> 10} KiB" : $"is larger than {max >> 20} MiB" };
                if (length == bytes.Length)
                    Array.Resize(ref bytes, (int)Math.Min(bytes.Length * 4L, max + 1L));
                read = file.Read(bytes, length, bytes.Length - length);
                if (read == 0)
                    Array.Resize(ref bytes, length);
            }

            return new() { Bytes = bytes, Mode = OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(file.SafeFileHandle) };
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            var isMissing =
                e is FileNotFoundException or DirectoryNotFoundException || (e is UnauthorizedAccessException && !Path.Exists(path));
            return new() { Fault = "cannot be read: " + PlainText.OnOneLine(e.Message), IsMissing = isMissing };
        }
    }
}
