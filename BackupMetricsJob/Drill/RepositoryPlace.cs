namespace BackupMetricsJob.Drill;

/// <summary>Recognises the top directory of a tool's repository by deeper files, because its own entries have common names.</summary>
internal static class RepositoryPlace
{
    /// <summary>Barman creates these when a server is configured.</summary>
    static readonly string[] OfBarman = ["base", "wals", "incoming", "streaming"];

    /// <summary>Whose repository it is, in words; null for none.</summary>
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
            return null; // An unreadable directory is not searched.
        }
    }

    static bool IsOfBarman(string directory) => OfBarman.All(name => Directory.Exists(Path.Combine(directory, name)));

    /// <summary>REPOSITORY/archive/STANZA/archive.info.</summary>
    static bool HasBelow(string directory, string file) =>
        Directory.Exists(directory) && Directory.EnumerateDirectories(directory).Any(stanza => File.Exists(Path.Combine(stanza, file)));
}
