namespace BackupMetricsJob.Catalog.Import;

/// <summary>What holds for the rows and the lists of every tool.</summary>
internal static class Listing
{
    /// <summary>
    /// A start after the finish is no start: clocks differ between hosts and are put back. It is not known then, and neither is a duration.
    /// </summary>
    public static Listed.Backup Of(CatalogRow row) => new(row.Started > row.Finished ? row with { Started = null } : row);

    /// <summary>A server that was asked for and is not in the list: nothing can be said of it, so nothing of it is gone.</summary>
    public static Listed.Server? Missing(string tool, ICollection<string> listed, ListingOptions options) =>
        options.Server is { } asked && !listed.Contains(asked) ? new Listed.Server(asked, $"{tool} does not list {asked}") : null;
}
