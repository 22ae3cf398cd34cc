using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>
/// pghoard's GET /SITE/basebackup, versions 1.0 to 2.7 (webserver.py, list_basebackups): {"basebackups": [{name, size, last_modified,
/// metadata}]}, unsorted, with the metadata's numbers as strings. The server is the site that the user named, or else that of the metadata,
/// or else the beginning of the name. A list is about one site. Backups of other sites in it are from before the site was renamed
/// (moved_from in pghoard's configuration), and the site of the newest backup is the current name.
/// </summary>
internal static class PghoardList
{
    /// <summary>The key of the list.</summary>
    public const string List = "basebackups";

    const string Expected = "an array of base backups";

    public static IEnumerable<ListingItem> Read(JsonText json, ListingOptions options)
    {
        if (!json.Members($"an object with the key {List}").TryGetValue(List, out var backups))
            throw new ListingException("$", $"there is no key {List}: the output of `{ToolOutput.Command("pghoard")}` is expected");
        var (site, former) = options.Server is { } named ? (named, []) : Sites(backups);
        if (site is null && backups.Items(Expected).Any())
        {
            foreach (var item in backups.Items(Expected))
                Site(item.Parse());
        }

        if (site is null)
            throw new ListingException($"$.{List}", "the list is empty and does not say of which site: name it with --server");
        foreach (var item in backups.Items(Expected))
            yield return Listing.Read(item, site, "name", backup => Row(site, backup, options));
        yield return new ListingItem.CompleteServer(site, null) { FormerNames = former };
    }

    static (string? Newest, IReadOnlyCollection<string> Former) Sites(JsonText backups)
    {
        var sites = new HashSet<string>(StringComparer.Ordinal);
        var newest = (At: DateTimeOffset.MinValue, Site: (string?)null);
        foreach (var item in backups.Items(Expected))
        {
            try
            {
                var backup = item.Parse();
                var site = Site(backup);
                sites.Add(site);
                if (newest.Site is null || backup.AnyIso("last_modified", TimeZoneInfo.Utc) > newest.At)
                    newest = (backup.AnyIso("last_modified", TimeZoneInfo.Utc) ?? DateTimeOffset.MinValue, site);
            }
            catch (ListingException)
            {
                // The problem is reported when the backup itself is read.
            }
        }

        return (newest.Site, [.. sites.Where(site => site != newest.Site)]);
    }

    static CatalogRow Row(string site, Fields backup, ListingOptions options)
    {
        var name = backup.Name("name");
        var startWal = backup.Wal("metadata.start-wal-segment");

        // A backup in several parts is listed by its manifest, whose own size is meaningless.
        var isOnePart = backup.Text("metadata.format") is null or "pghoard-bb-v1";
        var finished = backup.Iso("metadata.end-time", options);
        return new CatalogRow(site, "pghoard", BackupType.Full, LastPart(backup, name), BackupStatus.Done)
        {
            Started = Started(backup, options),
            Finished =
                finished ?? backup.Iso("last_modified", options) ?? throw backup.Refused("last_modified", "the finish time is missing"),
            TimeIsOfObject = finished is null,
            SizeBytes = backup.Count("metadata.total-size-plain") ?? (isOnePart ? backup.Count("metadata.original-file-size") : null),
            StoredBytes = backup.Count("metadata.total-size-enc") ?? (isOnePart ? backup.Count("size") : null),
            StartWal = startWal,
            StopWal = backup.Wal("metadata.end-wal-segment"),
            Timeline = SegmentName.Timeline(startWal),
            PgVersionNumber = backup.Integer("metadata.pg-version"),
            KeepUntil = backup.AnyIso("metadata.preserve-until", options.Zone),
            Raw = backup.Raw,
        };
    }

    /// <summary>
    /// The start time from the backup label, in whole seconds. If pghoard cannot read the label (mode pipe), it writes the time after the
    /// copy instead, with microseconds (basebackup/base.py). That is not the start.
    /// </summary>
    static DateTimeOffset? Started(Fields backup, ListingOptions options) =>
        backup.Iso("metadata.start-time", options) is { } time && time.Ticks % TimeSpan.TicksPerSecond == 0 ? time : null;

    static string Site(Fields backup)
    {
        var name = backup.Name("name");
        if (backup.OptionalName("metadata.site") is { } site)
            return site;
        return name.IndexOf("/basebackup/", StringComparison.Ordinal) is > 0 and var end
            ? name[..end]
            : throw backup.Refused("name", $"\"{PlainText.OnOneLine(name, 60)}\" does not say of which site it is: name it with --server");
    }

    static string LastPart(Fields backup, string name) => Fields.CheckedName(name[(name.LastIndexOf('/') + 1)..], $"{backup.Path}.name");
}
