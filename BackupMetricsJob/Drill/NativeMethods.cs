using System.Runtime.InteropServices;

namespace BackupMetricsJob.Drill;

/// <summary>Signals to processes of the drill.</summary>
internal static class NativeMethods
{
    /// <summary>PostgreSQL's fast shutdown.</summary>
    public const int Interrupt = 2;

    /// <summary>PostgreSQL's immediate shutdown.</summary>
    public const int Quit = 3;

    public const int Kill = 9;

    /// <summary>False if there is no such process, or it is another user's.</summary>
    public static bool Signal(int process, int signal) => kill(process, signal) == 0;

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    static extern int kill(int process, int signal);
}
