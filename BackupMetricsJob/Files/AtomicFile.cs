using System.Text.RegularExpressions;

namespace BackupMetricsJob.Files;

/// <summary>
/// Replaces a file as a whole: a reader sees the old content or the complete new content. The new content is written beside the file,
/// flushed to the disk, and renamed.
/// </summary>
internal static partial class AtomicFile
{
    /// <summary>Everybody may read the file, whatever the umask is, because another user's program has to read it.</summary>
    const UnixFileMode ForAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>
    /// Whether writing failed, as opposed to a bug. .NET throws an ArgumentOutOfRangeException for EFBIG, a file that may not grow any
    /// more: https://github.com/dotnet/runtime/blob/v10.0.0/src/libraries/Common/src/Interop/Unix/Interop.IOErrors.cs
    /// </summary>
    public static bool IsFault(Exception e) => e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException;

    /// <returns>Null, or why the file could not be written. It then still has its previous content.</returns>
    public static Task<FileFault?> WriteAsync(string path, Func<Stream, Task> write) =>
        WriteBesideAsync(
            path,
            write,
            beside =>
            {
                RemoveLeftovers(path);
                File.Move(beside, path, overwrite: true);
            }
        );

    /// <summary>Does everything that writing would do, except replacing the file.</summary>
    /// <returns>Null, or why the file could not be written.</returns>
    public static Task<FileFault?> TryAsync(string path) =>
        WriteBesideAsync(
            path,
            file => file.WriteAsync(new byte[1]).AsTask(),
            beside =>
            {
                File.Delete(beside);
                if (Directory.Exists(path))
                    throw FileFault.TakenByFolder();
            }
        );

    /// <param name="finish">Receives the path of the complete new file, which is still locked.</param>
    static async Task<FileFault?> WriteBesideAsync(string path, Func<Stream, Task> write, Action<string> finish)
    {
        // Hidden, and with another extension, so that nobody who reads a whole folder takes it for a regular file.
        var beside = Path.Combine(Path.GetDirectoryName(path) ?? "", Prefix(path) + Path.GetRandomFileName());
        try
        {
            // On Unix this locks the file (flock), at the latest until the process ends.
            await using var file = new FileStream(beside, FileMode.CreateNew, FileAccess.Write, FileShare.None, 64 * 1024);
            try
            {
                await write(file);
                if (!OperatingSystem.IsWindows())
                    File.SetUnixFileMode(file.SafeFileHandle, ForAll);
                await file.FlushAsync();
                DiskSync.Wait(file.SafeFileHandle);
                finish(beside);
                return null;
            }
            catch
            {
                File.Delete(beside);
                throw;
            }
        }
        catch (Exception fault) when (IsFault(fault))
        {
            return FileFault.From(fault, beside, path);
        }
    }

    static string Prefix(string path) => $".{Path.GetFileName(path)}.";

    /// <summary>
    /// Removes the temporary files of runs that were killed while writing this file: they have such a name, and nobody locks them.
    /// </summary>
    static void RemoveLeftovers(string path)
    {
        var prefix = Prefix(path);
        var folder = Path.GetDirectoryName(path) is { Length: > 0 } named ? named : ".";
        try
        {
            foreach (var other in new DirectoryInfo(folder).EnumerateFiles(prefix + "*"))
            {
                if (RandomName().IsMatch(other.Name[prefix.Length..]) && other.LinkTarget is null)
                    RemoveUnlocked(other.FullName);
            }
        }
        catch (Exception e) when (IsFault(e))
        {
            // Leftovers do no harm, and a folder that cannot be listed can still be written to.
        }
    }

    static void RemoveUnlocked(string path)
    {
        try
        {
            using var unlocked = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.None, bufferSize: 1);
            File.Delete(path);
        }
        catch (Exception e) when (IsFault(e))
        {
            // Another run is writing it, or it belongs to another user.
        }
    }

    /// <summary>The format of Path.GetRandomFileName.</summary>
    [GeneratedRegex(@"^[a-z0-9]{8}\.[a-z0-9]{3}\z")]
    private static partial Regex RandomName();
}
