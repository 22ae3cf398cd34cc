using System.Globalization;
using System.Text.RegularExpressions;
using BackupMetricsJob.Catalog;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>
/// A server's archive, its listing in a catalogue, and a restore from it: what is said of the archive, and how far the restore comes.
/// </summary>
/// <param name="catalogue">Where the listings are imported.</param>
internal sealed partial class ListedArchive(CatalogDatabase catalogue)
{
    /// <summary>Without that of a clone, which says the same as one of a backup would.</summary>
    const string Find = "find . -type f -printf '%T@ %s %P\\n'";

    Dictionary<string, string> Environment => new() { ["BACKUP_METRICS_CONNECTION"] = catalogue.Uri };

    /// <summary>Lists a folder as `find` does, and imports that.</summary>
    public async Task ListAsync(string folder, string storage = "default", string command = Find, string archived = "")
    {
        var listing = await ChildProcess.RunSuccessfullyAsync("/bin/sh", ["-c", command], new() { WorkingDirectory = folder });
        var imported = await BackupMetrics.RunAsync(
            ["import", "archive", "--server", "orders", "--storage", storage, "--archived", archived],
            Environment,
            listing
        );
        Assert.True(imported.ExitCode == 0, imported.Error);
    }

    /// <summary>A run that lists the archive of the server that it probes.</summary>
    public async Task RunAsync(PostgresServer server, TempFolder folder)
    {
        var listing = await ChildProcess.RunSuccessfullyAsync(
            "/bin/sh",
            ["-c", Find],
            new() { WorkingDirectory = server.ArchiveDirectory }
        );
        var run = await BackupMetrics.RunAsync(
            [
                .. (string[])["run", "--import", "archive", "--connection", server.ConnectionUri(), "--catalogue", catalogue.Uri],
                .. (string[])["--instance", "orders", "--textfile", folder.File("orders.prom")],
            ],
            environment: null,
            listing
        );
        Assert.True(run.ExitCode == 0, run.Error);
    }

    /// <summary>The catalogue knows the last base backup as wal-g would list it.</summary>
    public async Task BackupIsKnownAsync(PostgresServer server)
    {
        var import = await catalogue.ImportAsync(await ReadBackupAsync(server, 1));
        Assert.Null(import.Failure);
    }

    /// <summary>What wal-g would list of the last base backup: where it begins and ends in the WAL, by the backup history file.</summary>
    public static async Task<CatalogRow> ReadBackupAsync(PostgresServer server, int number)
    {
        await server.WaitForAsync(
            "the backup history file to be archived",
            () => Task.FromResult(Directory.EnumerateFiles(server.ArchiveDirectory, "*.backup").Count() >= number)
        );
        var history = await File.ReadAllTextAsync(Directory.EnumerateFiles(server.ArchiveDirectory, "*.backup").Order().Last());
        var (start, stop) = (Location("START").Match(history), Location("STOP").Match(history));
        var finished = await server.ScalarAsync<DateTime>("SELECT now()");
        return CatalogDatabase.Backup(number) with
        {
            Started = new(finished.AddSeconds(-5)),
            Finished = new(finished),
            StartWal = start.Groups[1].Value,
            StopWal = stop.Groups[1].Value,
        };

        static Regex Location(string which) => new($@"{which} WAL LOCATION: \S+ \(file (\w+)\)");
    }

    /// <summary>What a purge by age does.</summary>
    public static void DeleteBefore(PostgresServer server, string segment)
    {
        foreach (var file in Directory.EnumerateFiles(server.ArchiveDirectory, "0*").ToList())
        {
            if (string.CompareOrdinal(Path.GetFileName(file), segment) < 0)
                File.Delete(file);
        }
    }

    /// <summary>What `show` says, of the server and the catalogue together; without a server, of the catalogue alone.</summary>
    public async Task<string> ShowAsync(PostgresServer? server) => (await AskAsync(server, "show")).Output;

    /// <summary>What a run would push.</summary>
    public async Task<string> MetricsAsync(PostgresServer? server) => (await AskAsync(server, "run", "--dry-run")).Output;

    /// <summary>The last segment that this server restored from the archive, by its own log.</summary>
    public static string LastRestored(PostgresServer restored) =>
        RestoredLine().Matches(restored.Log).Max(match => match.Groups[1].Value[8..])!;

    /// <summary>The segment that `show` says a restore ends with, without its timeline.</summary>
    public static string Predicted(string said)
    {
        var match = EndLine().Match(said);
        Assert.True(match.Success, said);
        return match.Groups[1].Value[8..];
    }

    /// <summary>A restore of everything ends with the segment that was said, and that is this one, where one is named.</summary>
    public static async Task RestoreIsAsPredictedAsync(PostgresServer server, string backup, string said, string? last)
    {
        var predicted = Predicted(said);
        if (last is not null)
            Assert.Equal(last[8..], predicted);
        if (server.IsRunning)
            await server.CrashAsync();
        await using var restored = await server.RestoreAsync(backup);
        Assert.Equal(predicted, LastRestored(restored));
    }

    async Task<ProcessResult> AskAsync(PostgresServer? server, params string[] command)
    {
        var file = Path.Combine(RunFolder.NewFolder("listed"), "config.yml");
        var own = server is null ? "" : $"- {{name: orders, connection: '{server.ConnectionUri()}'}}\n";
        await File.WriteAllTextAsync(
            file,
            string.Create(
                CultureInfo.InvariantCulture,
                $$$"""
                gateway: {url: http://127.0.0.1:9}
                targets:
                {{{own}}}- {name: catalogue, connection: '{{{catalogue.Uri}}}', sources: [{catalog: {servers: [orders]}}]}

                """
            )
        );
        return await BackupMetrics.RunAsync([.. command, "--config", file]);
    }

    [GeneratedRegex("restored log file \"([0-9A-F]{24})\" from archive")]
    private static partial Regex RestoredLine();

    [GeneratedRegex("(?:a restore ends with|whole from .* to) ([0-9A-F]{24})")]
    private static partial Regex EndLine();
}
