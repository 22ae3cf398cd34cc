using System.Diagnostics;
using System.Globalization;

namespace BackupMetricsJob.Tests.Support;

/// <summary>
/// The one folder of this test process, directly under /tmp since the path of a Unix socket may have 107 bytes at most.
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

    // Whatever the postmaster and its children still write while they end is removed by the next round.
    const string Sweeper = """trap "" INT TERM HUP; read -r _; for i in 1 2 3 4 5; do rm -rf -- "$0" && exit 0; sleep 1; done""";

    static readonly Lazy<(string Path, Process Sweeper)> Instance = new(Create);
    static int _count;

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
        do path = "/tmp/bm-" + Guid.NewGuid().ToString("N")[..8];
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
}
