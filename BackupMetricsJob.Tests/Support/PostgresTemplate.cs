using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;

namespace BackupMetricsJob.Tests.Support;

/// <summary>
/// A data directory fresh from initdb, one a test process for each version, segment size and superuser. Copying it takes a tenth of
/// the time that initdb takes. All servers of a kind therefore have the same system identifier.
/// </summary>
internal static class PostgresTemplate
{
    static readonly ConcurrentDictionary<(int Version, int SegmentSize, string Superuser), Lazy<Task<string>>> Templates = new();

    public static Task<string> GetAsync(PostgresOptions options) =>
        Templates.GetOrAdd((options.Version, options.SegmentSizeMegabytes, options.Superuser), _ => new(() => InitAsync(options))).Value;

    static async Task<string> InitAsync(PostgresOptions options)
    {
        var folder = RunFolder.NewFolder("t");
        GiveToServerUser(folder);
        var data = Path.Combine(folder, "data");
        string[] arguments =
        [
            "-D",
            data,
            "-U",
            options.Superuser,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
            "--wal-segsize",
            options.SegmentSizeMegabytes.ToString(CultureInfo.InvariantCulture),
        ];
        // All tests of this kind wait for it: a busy machine must not fail them all.
        await ChildProcess.RunSuccessfullyAsync(
            PostgresBinaries.Find(options.Version).Initdb,
            arguments,
            new() { Unprivileged = true },
            TimeSpan.FromMinutes(5)
        );
        await DropTemplate0Async(options, data);
        // The zeros of its WAL file take as long to copy as all the rest. A file system without holes keeps them.
        foreach (var segment in Directory.EnumerateFiles(Path.Combine(data, "pg_wal"), "0*"))
            await ChildProcess.RunAsync(Tool.Find("fallocate", "apt-get install util-linux"), ["--dig-holes", segment]);
        return data;
    }

    // A third of the files of each server, which hardly any test needs. (Who does may create it anew: PostgreSQL knows it by its name.)
    static Task<ProcessResult> DropTemplate0Async(PostgresOptions options, string data) =>
        ChildProcess.RunAsync(
            PostgresBinaries.Find(options.Version).Postgres,
            ["--single", "-D", data, "-c", "fsync=off", "postgres"],
            new()
            {
                Unprivileged = true,
                Input = "UPDATE pg_database SET datistemplate = false WHERE datname = 'template0'\nDROP DATABASE template0\n",
            }
        );

    /// <summary>
    /// As root: makes `nobody` the owner of these files, since PostgreSQL refuses to run as root. What vanishes meanwhile is left out.
    /// </summary>
    public static void GiveToServerUser(params string[] paths)
    {
        if (!Environment.IsPrivilegedProcess)
            return;
        var nobody = uint.Parse(ChildProcess.NobodyId, CultureInfo.InvariantCulture);
        foreach (var path in paths)
        {
            // chown -R would be a process for each server. A link is given away itself, and not followed.
            var all = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None };
            foreach (var entry in Directory.Exists(path) ? Directory.EnumerateFileSystemEntries(path, "*", all).Prepend(path) : [path])
            {
                if (NativeMethods.ChangeOwner(entry, nobody, nobody) != 0 && Marshal.GetLastPInvokeError() != NativeMethods.NoSuchFile)
                    throw new InvalidOperationException($"chown {entry}: {Marshal.GetLastPInvokeErrorMessage()}");
            }
        }
    }

    static class NativeMethods
    {
        public const int NoSuchFile = 2; // ENOENT

        [DllImport("libc", EntryPoint = "lchown", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int ChangeOwner([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint owner, uint group);
    }
}
