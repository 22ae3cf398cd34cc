using System.Text;

namespace BackupMetricsJob.Files;

/// <summary>The content of a file, the names in a directory, or why they cannot be read.</summary>
internal sealed record FileContent
{
    static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    public static FileContent TimedOut { get; } =
        new()
        {
            Fault =
                $"cannot be read: no answer within {FileReading.Timeout.TotalSeconds:0} s; is it a pipe that nobody writes to, "
                + "or on a file system that hangs?",
        };

    /// <summary>Why it cannot be read, on one line; null if it was read.</summary>
    public string? Fault { get; init; }

    /// <summary>
    /// Whether it does not exist, or is in a directory that cannot be searched. A file that hangs or may not be read is not missing.
    /// </summary>
    public bool IsMissing { get; init; }

    public byte[] Bytes { get; init; } = [];

    /// <summary>Its permissions; not known on Windows.</summary>
    public UnixFileMode Mode { get; init; }

    /// <summary>The paths of the files in a directory.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>As UTF-8, with U+FFFD for invalid bytes. For formats such as PEM, where only ASCII matters.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes).TrimStart('\uFEFF');

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

    /// <summary>The text; null, with a fault, if it could not be read or is not UTF-8.</summary>
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

    /// <summary>Reads without a timeout.</summary>
    /// <param name="path">A file or a directory.</param>
    /// <param name="max">The maximum size in bytes; negative to list the files of a directory.</param>
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
            return new() { Fault = UnreadableFile.Reason(e, path), IsMissing = isMissing };
        }
    }
}
