using System.Globalization;

namespace BackupMetricsJob.Drill;

/// <summary>
/// The processes that a drill started, whatever their parent is now. They have the drill's folder in their environment or as their working
/// directory (PostgreSQL overwrites its environment, but always works in its data directory). Linux only, by /proc.
/// </summary>
internal static class DrillProcesses
{
    /// <summary>The variable that identifies a drill's processes; its value is the folder.</summary>
    public const string Variable = "BACKUP_METRICS_DRILL";

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Ends all processes. PostgreSQL is asked to stop first, so that it releases its shared memory. False if a process does not end.
    /// </summary>
    public static async Task<bool> EndAsync(string folder)
    {
        foreach (var process in Find(folder))
            NativeMethods.Signal(process, IsPostmaster(process, folder) ? NativeMethods.Quit : NativeMethods.Kill);
        for (var waited = TimeSpan.Zero; waited < 2 * Patience; waited += Pause)
        {
            var left = Find(folder);
            if (left.Count == 0)
                return true;
            if (waited > Patience)
                left.ForEach(process => NativeMethods.Signal(process, NativeMethods.Kill));
            await Task.Delay(Pause);
        }

        return false;
    }

    static List<int> Find(string folder)
    {
        var found = new List<int>();
        if (!Directory.Exists("/proc/self"))
            return found;
        var marked = $"{Variable}={folder}\0";
        foreach (var entry in Directory.EnumerateDirectories("/proc"))
        {
            if (
                int.TryParse(Path.GetFileName(entry), NumberStyles.None, CultureInfo.InvariantCulture, out var process)
                && process != Environment.ProcessId
                && (WorksIn(entry, folder) || (Read(entry + "/environ") + "\0").Contains(marked, StringComparison.Ordinal))
                && !IsZombie(entry)
            )
                found.Add(process);
        }

        return found;
    }

    static bool WorksIn(string process, string folder)
    {
        try
        {
            var target = new FileInfo(process + "/cwd").LinkTarget;
            return target is not null && (target + "/").StartsWith(folder + "/", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // It has ended, or is another user's.
        }
    }

    static bool IsPostmaster(int process, string folder)
    {
        var file = Path.Combine(folder, DrillFolder.Data, "postmaster.pid");
        return Read(file).StartsWith(process.ToString(CultureInfo.InvariantCulture) + "\n", StringComparison.Ordinal);
    }

    // A process whose parent has not waited for it yet. In a container that may never happen.
    static bool IsZombie(string process) => Read(process + "/stat") is var stat && stat.Contains(") Z ", StringComparison.Ordinal);

    static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
