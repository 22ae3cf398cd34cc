namespace BackupMetricsJob.Catalog;

/// <summary>One thing that a tool's output says, in the order in which it is read. A list is never held whole in memory.</summary>
internal abstract record ListingItem
{
    ListingItem() { }

    /// <summary>Whose list it is, where the input says that itself (import generic); it comes before all else.</summary>
    internal sealed record Tool(string Name) : ListingItem;

    /// <summary>What a person should know of this server beside its backups; nothing is stored of it.</summary>
    internal sealed record Note(string OfServer, string Text) : ListingItem;

    /// <summary>A backup.</summary>
    internal sealed record Backup(CatalogRow Row) : ListingItem;

    /// <summary>
    /// The list of this server is complete: what the catalogue has of it beyond what was listed no longer exists. With an
    /// <paramref name="Error"/> the tool could not say: nothing is known to be gone, and the failure is recorded.
    /// A tool's output about one backup alone says nothing of the kind.
    /// </summary>
    internal sealed record CompleteServer(string Name, string? Error) : ListingItem
    {
        /// <summary>Whether it was asked for by name, and the list has other servers only.</summary>
        public bool IsNotListed { get; init; }

        /// <summary>The storages that the list is complete for; null: all of them.</summary>
        public IReadOnlyCollection<string>? Storages { get; init; }

        /// <summary>What the tool says of each repository that it has; empty where it does not say.</summary>
        public IReadOnlyList<ListedRepository> Repositories { get; init; } = [];

        /// <summary>Whether the list may be one of some kinds of backup only, without saying so (pgbackrest info --type).</summary>
        public bool MayLackTypes { get; init; }

        /// <summary>The cluster that the server is, according to the tool; null where it does not say.</summary>
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
    internal sealed record Skipped(string? OfServer, string? BackupId, string Problem) : ListingItem;
}
