using System.Globalization;

namespace BackupMetricsJob.Drill;

/// <summary>
/// The folder that a drill creates for itself, and the only one that it ever removes. It contains a marker file that is locked as long as
/// the drill lives. So the next drill recognises, even from another container, what a killed drill left behind.
/// </summary>
internal sealed class DrillFolder : IDisposable
{
    /// <summary>The restored data directory, within the folder.</summary>
    public const string Data = "data";

    const string Prefix = "backup-metrics-drill-";
    const string Marker = "made-by-backup-metrics-drill";
    const string FirstLine = "backup-metrics drill made this folder, and removes it";
    const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    readonly FileStream _lock;

    DrillFolder(string path, FileStream locked) => (FullPath, _lock) = (path, locked);

    public string FullPath { get; }

    public string DataDirectory => File(Data);

    /// <summary>The directory of PostgreSQL's Unix socket, which nobody else can enter.</summary>
    public string SocketDirectory => File("s");

    public string TablespaceDirectory => File("tablespaces");

    public string File(string name) => Path.Combine(FullPath, name);

    /// <exception cref="DrillException">The folder cannot be created.</exception>
    public static DrillFolder Create(string parent, DateTimeOffset now)
    {
        var path = Path.Combine(Path.GetFullPath(parent), Prefix + Guid.NewGuid().ToString("N")[..8]);
        try
        {
            Make(path);
            var locked = new FileStream(Path.Combine(path, Marker), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
            using (var writer = new StreamWriter(locked, leaveOpen: true))
                writer.Write(
                    string.Create(CultureInfo.InvariantCulture, $"{FirstLine}\npid {Environment.ProcessId}\nstarted {now.UtcDateTime:O}\n")
                );
            var folder = new DrillFolder(path, locked);
            Make(folder.DataDirectory);
            Make(folder.SocketDirectory);
            Make(folder.TablespaceDirectory);
            return folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Forget(path);
            throw DrillException.OfSettings($"no folder can be made in {parent}: {e.Message}");
        }
    }

    /// <summary>
    /// Removes the folders that killed drills left, and ends any processes still running in them. Returns what was removed.
    /// </summary>
    public static async Task<IReadOnlyList<string>> ClearLeftoversAsync(string parent)
    {
        var removed = new List<string>();
        var candidates = Directory.Exists(parent) ? Directory.GetDirectories(Path.GetFullPath(parent), Prefix + "*") : [];
        foreach (var path in candidates)
        {
            try
            {
                // The lock is refused while that drill lives. Without our first line, the folder is not a drill's, or not yet.
                await using var locked = new FileStream(Path.Combine(path, Marker), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
                using var reader = new StreamReader(locked, leaveOpen: true);
                if (await reader.ReadLineAsync() != FirstLine || !await DrillProcesses.EndAsync(path))
                    continue;
                Delete(path);
                removed.Add(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The folder is in use, not ours, or another user's.
            }
        }

        return removed;
    }

    /// <summary>Ends any processes still running in the folder, and removes it.</summary>
    /// <exception cref="DrillException">Something could not be removed or ended.</exception>
    public async Task RemoveAsync(bool keep)
    {
        if (!await DrillProcesses.EndAsync(FullPath))
            throw new DrillException($"a process of the drill does not end: look for those that work in {FullPath}");
        if (keep)
        {
            // Without the marker, no drill takes the folder for a leftover.
            System.IO.File.Delete(File(Marker));
            return;
        }

        try
        {
            Delete(FullPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DrillException($"{FullPath} cannot be removed: {e.Message}");
        }
    }

    public void Dispose() => _lock.Dispose();

    /// <summary>Removes a new folder whose marker could not be written. On a full disk it is empty.</summary>
    static void Forget(string path)
    {
        try
        {
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The first failure is reported, not this one.
        }
    }

    /// <summary>Deletes the marker last, so that the rest of a failed deletion is still recognised. Links are not followed.</summary>
    static void Delete(string path)
    {
        foreach (var folder in Directory.GetDirectories(path))
        {
            if (new DirectoryInfo(folder).LinkTarget is null)
                AllowDeletion(folder);
            Directory.Delete(folder, recursive: new DirectoryInfo(folder).LinkTarget is null);
        }

        foreach (var file in Directory.GetFiles(path).Where(file => Path.GetFileName(file) != Marker))
            System.IO.File.Delete(file);
        Directory.Delete(path, recursive: true);
    }

    // A backup may contain folders that their owner cannot write to.
    static void AllowDeletion(string folder)
    {
        var all = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            AttributesToSkip = FileAttributes.ReparsePoint,
            IgnoreInaccessible = true,
        };
        foreach (var inner in Directory.EnumerateDirectories(folder, "*", all).Prepend(folder))
        {
            if (!OperatingSystem.IsWindows() && (System.IO.File.GetUnixFileMode(inner) & Private) != Private)
                System.IO.File.SetUnixFileMode(inner, Private);
        }
    }

    static void Make(string path)
    {
        if (OperatingSystem.IsWindows())
            throw DrillException.OfSettings("a drill needs Linux or another Unix");
        Directory.CreateDirectory(path, Private);
    }
}
