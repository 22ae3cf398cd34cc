using System.Runtime.InteropServices;

namespace BackupMetricsJob.Files;

/// <summary>How many descriptors and threads this process may have.</summary>
internal static class ProcessLimits
{
    /// <summary>RLIMIT_NOFILE of Linux.</summary>
    const int OpenFiles = 7;

    /// <summary>RLIMIT_NPROC of Linux: processes and threads of the user.</summary>
    const int Processes = 6;

    const int DefaultDescriptors = 1024;

    const int DefaultThreads = 32768;

    /// <summary>
    /// Raises the soft limit to the hard limit. The .NET runtime does the same, but not in a native program.
    /// </summary>
    /// <returns>The new limit.</returns>
    public static int RaiseDescriptors()
    {
        if (!OperatingSystem.IsLinux() || getrlimit(OpenFiles, out var limit) != 0)
            return DefaultDescriptors;
        var raised = limit with { Soft = limit.Hard };
        if (limit.Soft < limit.Hard && setrlimit(OpenFiles, in raised) == 0)
            limit = raised;
        return (int)Math.Min(limit.Soft, int.MaxValue);
    }

    /// <summary>The lower of the user's and the control group's limits.</summary>
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
            // There is no control group v2, so its limit is unknown.
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
