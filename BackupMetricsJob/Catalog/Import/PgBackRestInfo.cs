namespace BackupMetricsJob.Catalog.Import;

/// <summary>
/// `pgbackrest info --output=json`, of versions 2.20 to 2.59 (src/command/info/info.c). pgBackRest ends with 0 in every error state, so a
/// status other than ok, of the stanza or of one of its repositories, is the error of the server; the backups that it lists all the same
/// are read.
/// </summary>
internal static class PgBackRestInfo
{
    const string Expected = "an array of stanzas, as `pgbackrest info --output=json` prints it,";

    public static IEnumerable<Listed> Read(JsonText json, ListingOptions options)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var text in json.Items(Expected))
        {
            var stanza = PgBackRestStanza.Read(text, options);
            if (!names.Add(stanza.Name))
                throw new ListingException(text.Path, $"the stanza {stanza.Name} is listed twice");
            var isWhole = true;
            foreach (var item in stanza.Backups)
            {
                var backup = item.Parse();
                // Only --set prints this: then it is one backup, not the list.
                isWhole &= !backup.Has("database-ref");
                yield return Listing.Of(stanza.Row(backup, options));
            }

            if (isWhole || stanza.Error is not null)
                yield return new Listed.Server(stanza.Name, stanza.Error);
        }

        if (Listing.Missing("pgbackrest", names, options) is { } missing)
            yield return missing;
    }
}
