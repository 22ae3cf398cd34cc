namespace BackupMetricsJob.Files;

/// <summary>
/// Replaces a file as a whole: a reader sees what it had before or all that is new, never a part. The new content is written beside it,
/// reaches the disk, and takes its name.
/// </summary>
internal static class WholeFile
{
    /// <summary>Everybody may read it, whatever the umask is: another user's program is to read it.</summary>
    const UnixFileMode ForAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>
    /// Whether writing failed, and not this program. .NET has an ArgumentOutOfRangeException for EFBIG, a file that may not grow any more:
    /// https://github.com/dotnet/runtime/blob/v10.0.0/src/libraries/Common/src/Interop/Unix/Interop.IOErrors.cs
    /// </summary>
    public static bool IsFault(Exception e) => e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException;

    /// <returns>Null, or why it could not be written. What it had before is then still there.</returns>
    public static async Task<string?> WriteAsync(string path, Func<Stream, Task> write)
    {
        // Hidden, and with another ending, so that nobody who reads a whole folder takes it for a file of its own.
        var beside = Path.Combine(Path.GetDirectoryName(path) ?? "", $".{Path.GetFileName(path)}.{Path.GetRandomFileName()}");
        try
        {
            try
            {
                await using (var file = new FileStream(beside, FileMode.CreateNew, FileAccess.Write, FileShare.None, 64 * 1024))
                {
                    await write(file);
                    if (!OperatingSystem.IsWindows())
                        File.SetUnixFileMode(file.SafeFileHandle, ForAll);
                    await file.FlushAsync();
                    RandomAccess.FlushToDisk(file.SafeFileHandle);
                }

                File.Move(beside, path, overwrite: true);
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
            return fault.Message.Split(" (Parameter")[0].Replace(beside, path, StringComparison.Ordinal);
        }
    }
}
