using System.Runtime.InteropServices;

namespace BackupMetricsJob.Files;

/// <summary>How many files and connections this process may have open at once, and how many threads.</summary>
internal static class ProcessLimits
{
    /// <summary>RLIMIT_NOFILE of Linux.</summary>
    const int OpenFiles = 7;

    /// <summary>RLIMIT_NPROC of Linux: processes and threads of the user.</summary>
    const int Processes = 6;

    const int DefaultDescriptors = 1024;

    const int DefaultThreads = 32768;

    /// <summary>
    /// The soft limit becomes as high as the hard one, as .NET's runtime does where it is not compiled in (a native program's does not).
    /// </summary>
    /// <returns>The limit that holds from now on.</returns>
    public static int RaiseDescriptors()
    {
        if (!OperatingSystem.IsLinux() || getrlimit(OpenFiles, out var limit) != 0)
            return DefaultDescriptors;
        var raised = limit with { Soft = limit.Hard };
        if (limit.Soft < limit.Hard && setrlimit(OpenFiles, in raised) == 0)
            limit = raised;
        return (int)Math.Min(limit.Soft, int.MaxValue);
    }

    /// <summary>How many threads this process may have at most, by its user's limit and its control group's.</summary>
    public static int Threads()
    {
        if (!OperatingSystem.IsLinux())
            return DefaultThreads;
        var least = getrlimit(Processes, out var limit) == 0 ? Math.Min(limit.Soft, DefaultThreads) : DefaultThreads;
        try
        {
            if (ulong.TryParse(File.ReadAllText("/sys/fs/cgroup/pids.max").Trim(), out var max))
                least = Math.Min(least, max);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No control group, or an older kind of it: its limit, where there is one, is not known.
        }

        return (int)least;
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
