using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Drill;

/// <summary>
/// The files that the settings name, apart from the backup. A missing one says nothing about the backup, but a nightly drill that fails
/// because of it must be noticed. So the drill itself checks for them, before anything is fetched.
/// </summary>
internal static class NamedFiles
{
    /// <summary>Returns the text of --query; null for none. It may be a pipe, which can be read only once.</summary>
    /// <exception cref="DrillException">A file is missing, or this user may not read it.</exception>
    public static async Task<string?> ReadAsync(DrillOptions options, CancellationToken cancellationToken)
    {
        if (options.ToolConfig is { } config && !File.Exists(config))
            throw Missing("--tool-config", config, "file");
        if (options.BinDirectory is { } programs && !Directory.Exists(programs))
            throw Missing("--bin-dir", programs, "directory");
        return options.QueryFile is { } queries ? await ReadQueriesAsync(queries, cancellationToken) : null;
    }

    public static DrillException Missing(string flag, string path, string what) =>
        DrillException.OfSettings($"{flag} {path}: there is no such {what}, or this user may not see it");

    static async Task<string> ReadQueriesAsync(string file, CancellationToken cancellationToken)
    {
        if (!File.Exists(file))
            throw Missing("--query", file, "file");
        try
        {
            var text = await File.ReadAllTextAsync(file, cancellationToken);
            return UserQuery.AsksNothing(text) ? throw DrillException.OfSettings($"--query {file}: there is no SELECT in it") : text;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DrillException.OfSettings($"--query {file}: {e.Message}");
        }
    }
}
