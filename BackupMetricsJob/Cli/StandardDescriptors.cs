using System.Runtime.InteropServices;

namespace BackupMetricsJob.Cli;

/// <summary>
/// The descriptors 0, 1 and 2, which whoever starts this program may have closed. The next file or connection that is opened gets
/// such a number, and what is meant for standard output would be written into it.
/// </summary>
internal static class StandardDescriptors
{
    const int GetDescriptorFlags = 1;

    /// <summary>To be called first of all: each that is closed becomes /dev/null, for as long as the program runs.</summary>
    /// <returns>Whether standard input and standard output were open when this program was started.</returns>
    public static (bool HasInput, bool HasOutput) EnsureOpen()
    {
        var (hasInput, hasOutput, _) = (WasOpen(0), WasOpen(1), WasOpen(2));
        return (hasInput, hasOutput);
    }

    /// <summary>
    /// What .NET opened for itself before this is none that we were started with, either: it closes when another program is executed, as
    /// nothing does that was there when this one was.
    /// </summary>
    static bool WasOpen(int descriptor)
    {
        var flags = fcntl(descriptor, GetDescriptorFlags);
        if (flags >= 0)
            return flags == 0;
        // It stays open to the end, also when it is forgotten.
        File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite).SetHandleAsInvalid();
        return false;
    }

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int fcntl(int descriptor, int command);
}
