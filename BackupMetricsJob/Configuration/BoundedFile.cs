namespace BackupMetricsJob.Configuration;

/// <summary>Small files that somebody names: a pipe is as good as a file, and one without an end does no harm.</summary>
internal static class BoundedFile
{
    /// <summary>The whole file, or, of one that is longer than <paramref name="most"/>, one byte more than that. Throws what opening a file throws.</summary>
    public static byte[] Read(string path, int most)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 1);
        var bytes = new byte[256];
        var length = 0;
        while (true)
        {
            var read = file.Read(bytes, length, bytes.Length - length);
            length += read;
            if (read == 0 || length > most) return bytes[..Math.Min(length, most + 1)];
            if (length == bytes.Length) Array.Resize(ref bytes, bytes.Length * 4);
        }
    }
}
