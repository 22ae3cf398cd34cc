using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>
/// `pgbackrest info --output=json`, versions 2.20 to 2.59 (src/command/info/info.c). pgBackRest exits with 0 in every error state. So a
/// stanza status other than ok is the error of the server, and that of a repository is the repository's. Backups listed in spite of an
/// error are read. A backup that one repository no longer lists is gone there, whatever other repositories list. A list with a single
/// stanza may be renamed.
/// </summary>
internal static class PgBackRestInfo
{
    const string Expected = "an array of stanzas, as `pgbackrest info --output=json` prints it,";

    public static IEnumerable<ListingItem> Read(JsonText json, ListingOptions options)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        // Each search for the end of a stanza reads all its backups.
        var stanzas = json.Items(Expected).ToList();
        foreach (var text in stanzas)
        {
            var stanza = PgBackRestStanza.Read(text, isOne: stanzas.Count == 1, options);
            if (!names.Add(stanza.Name))
                throw new ListingException(text.Path, $"the stanza {stanza.Name} is listed twice");
            var isWhole = true;
            var types = new HashSet<BackupType>();
            foreach (var item in stanza.Backups)
            {
                yield return Listing.Read(
                    item,
                    stanza.Name,
                    "label",
                    backup =>
                    {
                        // Only --set prints this key: then it is one backup, not the list.
                        isWhole &= !backup.Has("database-ref");
                        var row = PgBackRestBackup.Row(stanza, backup, options);
                        types.Add(row.Type);
                        return row;
                    }
                );
            }

            if (stanza.IsLocked)
                yield return Listing.Of(
                    new(stanza.Name, "pgbackrest", BackupType.Base, "running", BackupStatus.Running)
                    {
                        Started = options.Now,
                        SizeBytes = stanza.Progress.Total,
                        StoredBytes = stanza.Progress.Complete,
                    }
                );
            if (isWhole || stanza.Error is not null)
                yield return new ListingItem.CompleteServer(stanza.Name, stanza.Error)
                {
                    Storages = stanza.Repositories.Count == 0 ? null : [CatalogRow.DefaultStorage, .. ReadOnes(stanza)],
                    Repositories = stanza.Repositories,
                    // --type limits the list to one type.
                    MayLackTypes = types.Count < 2,
                    Cluster = stanza.Cluster,
                    Earlier = stanza.Earlier,
                };
        }

        if (Listing.Missing("pgbackrest", names, options) is { } missing)
            yield return missing;
    }

    static IEnumerable<string> ReadOnes(PgBackRestStanza stanza) =>
        stanza.Repositories.Where(repository => repository.Error is null).Select(repository => repository.Storage);
}
