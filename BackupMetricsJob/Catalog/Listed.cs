namespace BackupMetricsJob.Catalog;

/// <summary>One thing that a tool's output says, in the order in which it is read. A list is never held whole in memory.</summary>
internal abstract record Listed
{
    Listed() { }

    /// <summary>Whose list it is, where the input says that itself (import generic); it comes before all else.</summary>
    internal sealed record Tool(string Name) : Listed;

    /// <summary>What a person should know of this server beside its backups; nothing is stored of it.</summary>
    internal sealed record Note(string OfServer, string Text) : Listed;

    /// <summary>A backup.</summary>
    internal sealed record Backup(CatalogRow Row) : Listed;

    /// <summary>
    /// The list of this server is complete: what the catalogue has of it beyond what was listed no longer exists. With an
    /// <paramref name="Error"/> the tool could not say: nothing is known to be gone, and the failure is recorded.
    /// A tool's output about one backup alone says nothing of the kind.
    /// </summary>
    internal sealed record Server(string Name, string? Error) : Listed
    {
        /// <summary>Whether it was asked for by name, and the list has other servers only.</summary>
        public bool IsNotListed { get; init; }

        /// <summary>The storages that the list is complete for; null: all of them.</summary>
        public IReadOnlyCollection<string>? Storages { get; init; }

        /// <summary>What the tool says of each repository that it has; empty where it does not say.</summary>
        public IReadOnlyList<ListedRepository> Repositories { get; init; } = [];

        /// <summary>Whether the list may be one of some kinds of backup only, without saying so (pgbackrest info --type).</summary>
        public bool MayLackKinds { get; init; }

        /// <summary>The cluster that the server is, by the tool's word; null where it does not say.</summary>
        public Cluster? Cluster { get; init; }

        /// <summary>The system identifiers of the clusters that the server was before.</summary>
        public IReadOnlyCollection<ulong> Earlier { get; init; } = [];

        /// <summary>Names that the server had before: what the catalogue has under them is listed under the new one now.</summary>
        public IReadOnlyCollection<string> FormerNames { get; init; } = [];
    }

    /// <summary>A backup that could not be understood. It is left as the catalogue has it, and so is nothing else.</summary>
    /// <param name="OfServer">Whose it is; null where that could not be read either.</param>
    /// <param name="BackupId">Its name, likewise.</param>
    /// <param name="Problem">What is wrong with it, and where.</param>
    internal sealed record Skipped(string? OfServer, string? BackupId, string Problem) : Listed;
}

/// <summary>A place that a tool keeps backups and WAL in.</summary>
/// <param name="Storage">Its name in the rows of its backups.</param>
/// <param name="Error">What the tool said instead of reading it.</param>
internal sealed record ListedRepository(string Storage, string? Error)
{
    /// <summary>The oldest and the newest WAL segment in its archive.</summary>
    public string? FirstWal { get; init; }

    public string? LastWal { get; init; }
}

/// <summary>A PostgreSQL cluster: what initdb or pg_upgrade made.</summary>
internal sealed record Cluster(ulong SystemIdentifier, int? PgVersionNumber);

/// <summary>What a reader of a tool's output must be told beside the output itself.</summary>
/// <param name="Server">Whose backups they are, where the output does not say, or names one server that shall be called otherwise.</param>
/// <param name="Zone">The time zone of the host that the tool ran on, for times that have none.</param>
/// <param name="Now">The job's clock; a backup that finished more than five minutes later is not believed.</param>
internal sealed record ListingOptions(string? Server, TimeZoneInfo Zone, DateTimeOffset Now)
{
    /// <summary>Whether the user named the zone: then nothing that the output shows is a better proof.</summary>
    public bool ZoneIsGiven { get; init; }

    /// <summary>Whether a list without any server says of the one that was named that it has no backup.</summary>
    public bool AllowsEmpty { get; init; }
}

/// <summary>The input is not what the tool prints: exit code 65. The message says what was found and what was expected.</summary>
/// <param name="path">Where, as a JSON path ($[3].backup[0].label), or "" for the whole.</param>
internal sealed class ListingException(string path, string message) : Exception(path.Length == 0 ? message : $"{path}: {message}")
{
    /// <summary>The servers that the input may be about.</summary>
    public IReadOnlyCollection<string> Servers { get; set; } = [];

    /// <summary>The tool that prints such an input, where it is another than the one that was asked for.</summary>
    public string? OtherTool { get; set; }

    /// <summary>Whether it is a document of another kind, of which nothing has been read.</summary>
    public bool IsOtherDocument { get; init; }
}
