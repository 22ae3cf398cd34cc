namespace BackupMetricsJob.Files;

/// <summary>
/// Reads files and pipes that users name. A file that is too large, or that does not answer within three seconds, is a fault and delays
/// nobody else.
/// </summary>
internal static class LimitedFileReader
{
    /// <summary>Larger than any certificate, key, password or service file.</summary>
    public const int DefaultMax = 4 << 20;

    /// <summary>Reads the whole file. A failure is returned as a fault, not thrown.</summary>
    /// <param name="path">The file.</param>
    /// <param name="max">The maximum size in bytes.</param>
    public static FileContent Read(string path, int max = DefaultMax) => FileReading.Begin(path, max, inAdvance: false).Wait();

    /// <summary>Starts reading in the background, so that several files that hang cost the timeout only once.</summary>
    public static FileReading Begin(string path, int max = DefaultMax) => FileReading.Begin(path, max, inAdvance: true);

    /// <summary>Lists the paths of the files in a directory.</summary>
    public static FileContent List(string folder) => FileReading.Begin(folder, FileReading.ListNames, inAdvance: false).Wait();
}
