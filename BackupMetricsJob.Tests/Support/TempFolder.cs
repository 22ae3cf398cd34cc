namespace BackupMetricsJob.Tests.Support;

/// <summary>A folder of one test's own; gone when disposed.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = RunFolder.NewFolder("f");

    /// <summary>The path of a file in this folder; the file need not exist.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file, readable by its owner alone if <paramref name="secret"/>, and returns its path.</summary>
    public string Write(string name, string text, bool secret = false)
    {
        var path = File(name);
        System.IO.File.WriteAllText(path, text);
        if (secret)
            System.IO.File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
