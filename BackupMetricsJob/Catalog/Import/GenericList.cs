namespace BackupMetricsJob.Catalog.Import;

/// <summary>The items of a <see cref="GenericDocument"/>, in the order that the catalogue needs.</summary>
internal static class GenericList
{
    public static IEnumerable<ListingItem> Read(JsonText json, ListingOptions options)
    {
        var document = GenericDocument.Read(json, options);
        yield return new ListingItem.Tool(document.Tool);
        var servers = new List<string>(document.Servers);
        var known = new HashSet<string>(servers, StringComparer.Ordinal);
        foreach (var item in document.Backups)
        {
            var listed = GenericBackup.Read(item, document, options);
            if (listed is ListingItem.Backup { Row.Server: var server } && known.Add(server))
                servers.Add(server);
            yield return listed;
        }

        if (!document.IsComplete)
            yield break;
        foreach (var server in servers)
        {
            yield return new ListingItem.CompleteServer(server, document.Error)
            {
                Storages = document.Storages,
                Cluster = document.Cluster,
            };
        }
    }
}
