namespace BackupMetricsJob.Configuration;

/// <summary>Small files that somebody names: a pipe is as good as a file, and one without an end, or without an answer, does no harm.</summary>
internal static class BoundedFile
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    static readonly TimeSpan PatienceWhileOthersHang = TimeSpan.FromMilliseconds(100);

    static int _hanging;

    /// <summary>
    /// The whole file, or, of one that is longer than <paramref name="most"/>, one byte more than that. Throws what opening a file throws, and IOException
    /// where it does not answer, as a pipe that nobody writes to or a file system that is gone: then the thread that asked is left behind.
    /// </summary>
    public static byte[] Read(string path, int most)
    {
        var reading = Task.Run(() => ReadAll(path, most));
        Task.WaitAny([reading], Volatile.Read(ref _hanging) > 0 ? PatienceWhileOthersHang : Patience);
        if (reading.IsCompleted) return reading.GetAwaiter().GetResult();
        Interlocked.Increment(ref _hanging);
        throw new IOException($"no answer within {Patience.TotalSeconds:0} s; is it a pipe that nobody writes to, or on a file system that hangs?");
    }

    static byte[] ReadAll(string path, int most)
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
