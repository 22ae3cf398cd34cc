using System.Runtime.InteropServices;

namespace BackupMetricsJob.Files;

/// <summary>How many files and connections this process may have open at once.</summary>
internal static class DescriptorLimit
{
    /// <summary>RLIMIT_NOFILE of Linux.</summary>
    const int OpenFiles = 7;

    const int Usual = 1024;

    /// <summary>The soft limit becomes as high as the hard one, as .NET's runtime does where it is not compiled in (a native program's does not).</summary>
    /// <returns>The limit that holds from now on.</returns>
    public static int Raise()
    {
        if (!OperatingSystem.IsLinux() || getrlimit(OpenFiles, out var limit) != 0) return Usual;
        var raised = limit with { Soft = limit.Hard };
        if (limit.Soft < limit.Hard && setrlimit(OpenFiles, in raised) == 0) limit = raised;
        return (int)Math.Min(limit.Soft, int.MaxValue);
    }

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int getrlimit(int resource, out Limit limit);

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int setrlimit(int resource, in Limit limit);

    [StructLayout(LayoutKind.Sequential)]
    record struct Limit(ulong Soft, ulong Hard);
}
