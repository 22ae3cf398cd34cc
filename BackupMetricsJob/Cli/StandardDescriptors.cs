using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BackupMetricsJob.Cli;

/// <summary>
/// The descriptors 0, 1 and 2. They may be closed when this program starts. The next file or connection would then get such a number,
/// and output would be written into it.
/// </summary>
internal static class StandardDescriptors
{
    const int GetDescriptorFlags = 1;

    /// <summary>Must be called before anything is opened. A closed descriptor becomes /dev/null for the life of the process.</summary>
    /// <returns>Whether standard input and standard output were open when the program started.</returns>
    public static (bool HasInput, bool HasOutput) EnsureOpen()
    {
        var (hasInput, hasOutput, _) = (WasOpen(0), WasOpen(1), WasOpen(2));
        return (hasInput, hasOutput);
    }

    /// <summary>When the file that a shell opened as standard input was written; null for a pipe or a device.</summary>
    public static DateTime? InputWrittenAt()
    {
        using var input = new SafeFileHandle(0, ownsHandle: false);
        try
        {
            return RandomAccess.GetLength(input) > 0 ? File.GetLastWriteTimeUtc(input) : null;
        }
        catch (Exception e) when (e is NotSupportedException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>
    /// .NET may have opened a file with this number already. Such a file is marked close-on-exec, which an inherited descriptor never is.
    /// </summary>
    static bool WasOpen(int descriptor)
    {
        var flags = fcntl(descriptor, GetDescriptorFlags);
        if (flags >= 0)
            return flags == 0;
        // Marking the handle invalid keeps the descriptor open when the handle is collected.
        File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite).SetHandleAsInvalid();
        return false;
    }

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int fcntl(int descriptor, int command);
}
