namespace BackupMetricsJob.Catalog.Import;

/// <summary>Rules for the rows and lists of all tools.</summary>
internal static class Listing
{
    /// <summary>
    /// Drops a start that is after the finish, because clocks differ between hosts and may be set back. Start and duration are then
    /// unknown.
    /// </summary>
    public static ListingItem.Backup Of(CatalogRow row) => new(row.Started > row.Finished ? row with { Started = null } : row);

    /// <summary>Reads a backup of a list, or reports that it cannot be read: one bad record does not exclude the others.</summary>
    /// <param name="item">The tool's output about the backup.</param>
    /// <param name="server">The backup's server; null if the item itself names it.</param>
    /// <param name="nameKey">The key of the backup's name.</param>
    /// <param name="read">Converts the fields to a row.</param>
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
    /// The item for a requested server that is not in the list. Nothing is known about it, so none of its backups is gone. If the list has
    /// no server at all and the user allows an empty list, the server has no backup.
    /// </summary>
    public static ListingItem.CompleteServer? Missing(string tool, ICollection<string> listed, ListingOptions options) =>
        options.Server is not { } asked || listed.Contains(asked) ? null
        : listed.Count == 0 && options.AllowsEmpty ? new ListingItem.CompleteServer(asked, null)
        : new ListingItem.CompleteServer(asked, $"{tool} does not list {asked}") { IsNotListed = listed.Count > 0 };
}
