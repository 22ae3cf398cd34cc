namespace BackupMetricsJob.Files;

/// <summary>
/// Every file that somebody names is read here: a pipe is as good as a file, and one without an end, or without an answer, costs whoever
/// asked for it three seconds and nobody else anything.
/// </summary>
internal static class BoundedFile
{
    /// <summary>More than any certificate, key, password or service file has.</summary>
    public const int DefaultMax = 4 << 20;

    /// <summary>All of the file. What cannot be had is a fault of the answer, and no exception.</summary>
    /// <param name="path">The file.</param>
    /// <param name="max">So many bytes at most.</param>
    public static FileContent Read(string path, int max = DefaultMax) => FileReading.Begin(path, max, inAdvance: false).Wait();

    /// <summary>Begins to read, so that many files that hang are waited for side by side.</summary>
    public static FileReading Begin(string path, int max = DefaultMax) => FileReading.Begin(path, max, inAdvance: true);

    /// <summary>The paths of the files in a folder.</summary>
    public static FileContent List(string folder) => FileReading.Begin(folder, FileReading.ListNames, inAdvance: false).Wait();
}
