using System.Collections.Concurrent;
using System.Globalization;

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
        await GiveToServerUserAsync(folder);
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
        // The zeros of its WAL file take as long to copy as all the rest. A file system without holes keeps them.
        foreach (var segment in Directory.EnumerateFiles(Path.Combine(data, "pg_wal"), "0*"))
            await ChildProcess.RunAsync(Tool.Find("fallocate", "apt-get install util-linux"), ["--dig-holes", segment]);
        return data;
    }

    /// <summary>As root: makes `nobody` the owner of these files, since PostgreSQL refuses to run as root.</summary>
    public static async Task GiveToServerUserAsync(params string[] paths)
    {
        if (Environment.IsPrivilegedProcess)
            await ChildProcess.RunSuccessfullyAsync("/bin/chown", ["-R", $"{ChildProcess.NobodyId}:{ChildProcess.NobodyId}", .. paths]);
    }
}
