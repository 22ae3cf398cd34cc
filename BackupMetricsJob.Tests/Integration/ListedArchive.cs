using System.Globalization;
using System.Text.RegularExpressions;
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
    public async Task ListAsync(string folder, string storage = "default", string command = Find)
    {
        var listing = await ChildProcess.RunSuccessfullyAsync("/bin/sh", ["-c", command], new() { WorkingDirectory = folder });
        var imported = await BackupMetrics.RunAsync(
            ["import", "archive", "--server", "orders", "--storage", storage],
            Environment,
            listing
        );
        Assert.True(imported.ExitCode == 0, imported.Error);
    }

    /// <summary>What wal-g would list of the last base backup: where it begins and ends in the WAL, by the backup history file.</summary>
    public async Task BackupIsKnownAsync(PostgresServer server)
    {
        await server.WaitForAsync(
            "the backup history file to be archived",
            () => Task.FromResult(Directory.EnumerateFiles(server.ArchiveDirectory, "*.backup").Any())
        );
        var history = await File.ReadAllTextAsync(Directory.EnumerateFiles(server.ArchiveDirectory, "*.backup").Order().Last());
        var (start, stop) = (Location("START").Match(history), Location("STOP").Match(history));
        var finished = await server.ScalarAsync<DateTime>("SELECT now()");
        var import = await catalogue.ImportAsync(
            CatalogDatabase.Backup(1) with
            {
                Started = new(finished.AddSeconds(-5)),
                Finished = new(finished),
                StartWal = start.Groups[1].Value,
                StopWal = stop.Groups[1].Value,
            }
        );
        Assert.Null(import.Failure);

        static Regex Location(string which) => new($@"{which} WAL LOCATION: \S+ \(file (\w+)\)");
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
