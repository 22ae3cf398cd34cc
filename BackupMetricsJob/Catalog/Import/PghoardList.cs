using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>
/// pghoard's GET /SITE/basebackup, of versions 1.0 to 2.7 (webserver.py, list_basebackups): {"basebackups": [{name, size, last_modified,
/// metadata}]}, unsorted, the numbers of the metadata as strings. The server is the site that was named, else that of the metadata, else
/// what the name begins with.
/// </summary>
internal static class PghoardList
{
    /// <summary>The key of the list.</summary>
    public const string List = "basebackups";

    public static IEnumerable<Listed> Read(JsonText json, ListingOptions options)
    {
        var sites = new HashSet<string>(StringComparer.Ordinal);
        if (options.Server is { } site)
            sites.Add(site);
        if (!json.Members($"an object with the key {List}").TryGetValue(List, out var backups))
            throw new ListingException("$", $"there is no key {List}: the output of `{ToolOutput.Command("pghoard")}` is expected");
        foreach (var item in backups.Items("an array of base backups"))
        {
            var row = Row(item.Parse(), options);
            sites.Add(row.Server);
            yield return Listing.Of(row);
        }

        if (sites.Count == 0)
            throw new ListingException($"$.{List}", "the list is empty and does not say of which site: name it with --server");
        foreach (var listed in sites)
            yield return new Listed.Server(listed, null);
    }

    static CatalogRow Row(Fields backup, ListingOptions options)
    {
        var name = backup.Name("name");
        var startWal = backup.Wal("metadata.start-wal-segment");

        // A backup in several parts is listed by its manifest, whose own size means nothing.
        var isOnePart = backup.Text("metadata.format") is null or "pghoard-bb-v1";
        return new CatalogRow(Site(backup, name, options), "pghoard", BackupType.Full, LastPart(backup, name), BackupStatus.Done)
        {
            Started = Started(backup, options),
            Finished =
                backup.Iso("metadata.end-time", options)
                ?? backup.Iso("last_modified", options)
                ?? throw backup.Refused("last_modified", "when the backup finished is missing here"),
            SizeBytes = backup.Count("metadata.total-size-plain") ?? (isOnePart ? backup.Count("metadata.original-file-size") : null),
            StoredBytes = backup.Count("metadata.total-size-enc") ?? (isOnePart ? backup.Count("size") : null),
            StartWal = startWal,
            StopWal = backup.Wal("metadata.end-wal-segment"),
            Timeline = WalSegment.Timeline(startWal),
            PgVersionNumber = backup.Integer("metadata.pg-version"),
            KeepUntil = backup.AnyIso("metadata.preserve-until", options.Zone),
            Raw = backup.Raw,
        };
    }

    /// <summary>
    /// The start time of the backup label, which has whole seconds. Where pghoard cannot read the label (mode pipe), it writes the time
    /// after the copy instead, to the microsecond (basebackup/base.py): that is no start.
    /// </summary>
    static DateTimeOffset? Started(Fields backup, ListingOptions options) =>
        backup.Iso("metadata.start-time", options) is { } time && time.Ticks % TimeSpan.TicksPerSecond == 0 ? time : null;

    static string Site(Fields backup, string name, ListingOptions options)
    {
        if (options.Server is { } named)
            return named;
        if (backup.OptionalName("metadata.site") is { } site)
            return site;
        return name.IndexOf("/basebackup/", StringComparison.Ordinal) is > 0 and var end
            ? name[..end]
            : throw backup.Refused("name", $"\"{PlainText.OnOneLine(name, 60)}\" does not say of which site it is: name it with --server");
    }

    static string LastPart(Fields backup, string name) => Fields.CheckedName(name[(name.LastIndexOf('/') + 1)..], $"{backup.Path}.name");
}
