using System.Diagnostics;
using System.Globalization;

namespace BackupMetricsJob.Tests.Support;

/// <summary>
/// The one folder of this test process. Its path is short, since the path of a Unix socket may have 107 bytes at most. It is in memory
/// where the machine has enough of it: a fresh PostgreSQL is a thousand files, and a disk takes five times as long to make and remove them.
/// A small shell waits on a pipe for the end of this process, however it ends (kill -9, too), and removes the folder.
/// </summary>
internal static class RunFolder
{
    const UnixFileMode Mode =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherExecute;

    const string InMemory = "/dev/shm";
    const long NeededBytes = 8L << 30; // The suite has used 2 GiB at the same time.

    // Whatever the postmaster and its children still write while they end is removed by the next round.
    const string Sweeper = """trap "" INT TERM HUP; read -r _; for i in 1 2 3 4 5; do rm -rf -- "$0" && exit 0; sleep 1; done""";

    static readonly Lazy<(string Path, Process Sweeper)> Instance = new(Create);
    static int _count;

    /// <summary>All of this process's folders are in this one.</summary>
    public static string Root => Instance.Value.Path;

    /// <summary>Makes a new empty folder that everybody may enter and only we may write.</summary>
    public static string NewFolder(string prefix)
    {
        var number = Interlocked.Increment(ref _count).ToString(CultureInfo.InvariantCulture);
        var path = Path.Combine(Instance.Value.Path, prefix + number);
        MakeFolder(path);
        return path;
    }

    static void MakeFolder(string path)
    {
        Directory.CreateDirectory(path);
        // Set afterwards, since a umask of 077 would keep the server's user out.
        File.SetUnixFileMode(path, Mode);
    }

    static (string Path, Process Sweeper) Create()
    {
        string path;
        var parent = IsMemoryEnough() ? InMemory : "/tmp";
        do path = $"{parent}/bm-{Guid.NewGuid().ToString("N")[..8]}";
        while (Directory.Exists(path));
        MakeFolder(path);

        var start = new ProcessStartInfo("/bin/sh", ["-c", Sweeper, path])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        return (path, Process.Start(start)!);
    }

    // A container's /dev/shm often has 64 MiB, or lets no program start from it.
    static bool IsMemoryEnough()
    {
        var mount = File.ReadLines("/proc/self/mounts").LastOrDefault(line => line.Split(' ')[1] == InMemory)?.Split(' ');
        return mount is [_, _, "tmpfs", var options, ..]
            && !options.Split(',').Intersect(["ro", "noexec"]).Any()
            && new DriveInfo(InMemory).AvailableFreeSpace >= NeededBytes
            && GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >= 2 * NeededBytes;
    }
}
