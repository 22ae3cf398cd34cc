using System.CommandLine;
using System.Runtime.InteropServices;

namespace BackupMetricsJob.Cli;

/// <summary>
/// backup-metrics schedule: replaces this process by <c>backup-metrics-schedule</c>, which lies beside it, as git does with its commands. The process
/// id stays, so signals and a service manager reach the right one; a short-lived run carries nothing of a scheduler.
/// </summary>
internal static class ScheduleCommand
{
    const string Sibling = "backup-metrics-schedule";

    /// <summary>Only for the help: <see cref="Replace"/> is called before anything is parsed.</summary>
    public static Command Create() => new("schedule", "Run again and again, on this host or on one of several: see backup-metrics schedule --help");

    /// <summary>Returns only if it failed.</summary>
    public static int Replace(string[] args, Terminal terminal)
    {
        // "dotnet backup-metrics.dll schedule" goes on as "dotnet backup-metrics-schedule.dll".
        var host = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : null;
        var sibling = Path.Combine(AppContext.BaseDirectory, Sibling + (host is null ? "" : ".dll"));
        if (!File.Exists(sibling))
        {
            terminal.Error.WriteLine($"backup-metrics: {sibling} is missing: `schedule` is a program of its own, which must lie beside this one (dotnet build makes both)");
            return (int)ExitCode.Configuration;
        }

        terminal.Error.Flush();
        string[] line = host is null ? [sibling, .. args] : [host, sibling, .. args];
        // The memory is not given back: either there is nobody left to do it, or the process ends.
        var words = new nint[line.Length + 1];
        for (var i = 0; i < line.Length; i++) words[i] = Marshal.StringToCoTaskMemUTF8(line[i]);
        _ = NativeMethods.Execute(words[0], words);
        terminal.Error.WriteLine($"backup-metrics: {sibling} cannot be started: {Marshal.GetLastPInvokeErrorMessage()}");
        return (int)ExitCode.Configuration;
    }

    static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "execv", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Execute(nint path, nint[] arguments);
    }
}
