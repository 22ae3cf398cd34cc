namespace BackupMetricsJob.Drill;

/// <summary>The top of a tool's repository, known by what lies deeper: its own names could be those of anything.</summary>
internal static class RepositoryPlace
{
    /// <summary>Barman makes these when a server is configured.</summary>
    static readonly string[] OfBarman = ["base", "wals", "incoming", "streaming"];

    /// <summary>What it is the top of, in words; null for nothing.</summary>
    public static string? What(string directory)
    {
        try
        {
            return HasBelow(Path.Combine(directory, "archive"), "archive.info")
                || HasBelow(Path.Combine(directory, "backup"), "backup.info")
                    ? "a repository of pgBackRest"
                : IsOfBarman(directory) ? "the directory of a server of Barman"
                : Directory.EnumerateDirectories(directory).Any(IsOfBarman) ? "the home of Barman"
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // What may not be read is not looked into.
        }
    }

    static bool IsOfBarman(string directory) => OfBarman.All(name => Directory.Exists(Path.Combine(directory, name)));

    /// <summary>REPOSITORY/archive/STANZA/archive.info.</summary>
    static bool HasBelow(string directory, string file) =>
        Directory.Exists(directory) && Directory.EnumerateDirectories(directory).Any(stanza => File.Exists(Path.Combine(stanza, file)));
}
