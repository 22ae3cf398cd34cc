namespace BackupMetricsJob.Catalog;

/// <summary>One item of a tool's output, in reading order. A list is never completely in memory.</summary>
internal abstract record ListingItem
{
    ListingItem() { }

    /// <summary>The tool, if the input names it (import generic). Comes before all other items.</summary>
    internal sealed record Tool(string Name) : ListingItem;

    /// <summary>What a person should know about this server apart from its backups. Not stored.</summary>
    internal sealed record Note(string OfServer, string Text) : ListingItem;

    /// <summary>A backup.</summary>
    internal sealed record Backup(CatalogRow Row) : ListingItem;

    /// <summary>
    /// The list of this server is complete: backups in the catalogue that were not listed no longer exist. With an
    /// <paramref name="Error"/>, the tool could not list them: none is known to be gone, and the failure is recorded. Output about a single
    /// backup has no such item.
    /// </summary>
    internal sealed record CompleteServer(string Name, string? Error) : ListingItem
    {
        /// <summary>Whether the user named this server and the list has only other servers.</summary>
        public bool IsNotListed { get; init; }

        /// <summary>The storages for which the list is complete; null for all.</summary>
        public IReadOnlyCollection<string>? Storages { get; init; }

        /// <summary>The tool's report on each of its repositories; empty if there is none.</summary>
        public IReadOnlyList<ListedRepository> Repositories { get; init; } = [];

        /// <summary>Whether the list may be limited to some types of backup without saying so (pgbackrest info --type).</summary>
        public bool MayLackTypes { get; init; }

        /// <summary>The server's cluster, according to the tool; null if the tool does not tell.</summary>
        public Cluster? Cluster { get; init; }

        /// <summary>The system identifiers of the server's former clusters.</summary>
        public IReadOnlyCollection<ulong> Earlier { get; init; } = [];

        /// <summary>Former names of the server. The catalogue's backups under these names are now listed under the new one.</summary>
        public IReadOnlyCollection<string> FormerNames { get; init; } = [];
    }

    /// <summary>A backup that could not be read. The catalogue's row about it stays unchanged.</summary>
    /// <param name="OfServer">The backup's server; null if that could not be read either.</param>
    /// <param name="BackupId">The backup's name, likewise.</param>
    /// <param name="Problem">What is wrong, and where.</param>
    internal sealed record Skipped(string? OfServer, string? BackupId, string Problem) : ListingItem;
}
