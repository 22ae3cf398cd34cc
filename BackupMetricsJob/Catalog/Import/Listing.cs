namespace BackupMetricsJob.Catalog.Import;

/// <summary>What holds for the rows and the lists of every tool.</summary>
internal static class Listing
{
    /// <summary>
    /// A start after the finish is no start: clocks differ between hosts and are put back. It is not known then, and neither is a duration.
    /// </summary>
    public static ListingItem.Backup Of(CatalogRow row) => new(row.Started > row.Finished ? row with { Started = null } : row);

    /// <summary>A backup of a list, or that it cannot be read: one bad record does not keep the others out.</summary>
    /// <param name="item">What the tool printed of it.</param>
    /// <param name="server">Whose it is; null where the item itself says so.</param>
    /// <param name="nameKey">The key of its name.</param>
    /// <param name="read">Makes a row of it.</param>
    public static ListingItem Read(JsonText item, string? server, string nameKey, Func<Fields, CatalogRow> read)
    {
        try
        {
            return Of(read(item.Parse()));
        }
        catch (ListingException e)
        {
            return new ListingItem.Skipped(server, item.MemberText(nameKey)?.Split('/')[^1], e.Message);
        }
    }

    /// <summary>
    /// A server that was asked for and is not in the list: nothing can be said of it, so nothing of it is gone. Where the list has no
    /// server at all and the user says that it may be empty, it has no backup.
    /// </summary>
    public static ListingItem.CompleteServer? Missing(string tool, ICollection<string> listed, ListingOptions options) =>
        options.Server is not { } asked || listed.Contains(asked) ? null
        : listed.Count == 0 && options.AllowsEmpty ? new ListingItem.CompleteServer(asked, null)
        : new ListingItem.CompleteServer(asked, $"{tool} does not list {asked}") { IsNotListed = listed.Count > 0 };
}
