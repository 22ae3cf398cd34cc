namespace BackupMetricsJob.Catalog;

/// <summary>One thing that a tool's output says, in the order in which it is read. A list is never held whole in memory.</summary>
internal abstract record Listed
{
    Listed() { }

    /// <summary>A backup.</summary>
    internal sealed record Backup(CatalogRow Row) : Listed;

    /// <summary>
    /// The list of this server is complete: what the catalogue has of it beyond what was listed no longer exists. With an
    /// <paramref name="Error"/> the tool could not say: nothing is known to be gone, and the failure is recorded.
    /// A tool's output about one backup alone says nothing of the kind.
    /// </summary>
    internal sealed record Server(string Name, string? Error) : Listed;
}

/// <summary>What a reader of a tool's output must be told beside the output itself.</summary>
/// <param name="Server">Whose backups they are, where the output does not say; null if not given.</param>
/// <param name="Zone">The time zone of the host that the tool ran on, for times that have none.</param>
/// <param name="Now">The job's clock; a backup that finished more than five minutes later is not believed.</param>
internal sealed record ListingOptions(string? Server, TimeZoneInfo Zone, DateTimeOffset Now);

/// <summary>The input is not what the tool prints: exit code 65. The message says what was found and what was expected.</summary>
/// <param name="path">Where, as a JSON path ($[3].backup[0].label), or "" for the whole.</param>
internal sealed class ListingException(string path, string message) : Exception(path.Length == 0 ? message : $"{path}: {message}");
