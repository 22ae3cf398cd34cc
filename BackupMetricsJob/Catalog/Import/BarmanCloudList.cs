using System.Text.Json;
using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>
/// `barman-cloud-backup-list --format json`, versions 2.18 to 3.17 (barman/clients/cloud_backup_list.py), also as used by CloudNativePG:
/// one object with a list that has all fields of Barman's own backup record. Its server is called "cloud" unless the user named it.
/// </summary>
internal static class BarmanCloudList
{
    const string List = "backups_list";

    /// <summary>The list; null if this is other output.</summary>
    public static JsonText? Find(JsonText json) =>
        json.Kind == JsonTokenType.StartObject
        && json.Members("an object") is { Count: 1 } members
        && members.TryGetValue(List, out var list)
        && list.Kind == JsonTokenType.StartArray
            ? list
            : null;

    public static IEnumerable<ListingItem> Read(JsonText list, ListingOptions options)
    {
        var servers = new HashSet<string>(StringComparer.Ordinal);
        if (options.Server is { } named)
            servers.Add(named);
        foreach (var item in list.Items("an array of backups"))
        {
            var server = options.Server ?? item.MemberText("server_name");
            var listed = Listing.Read(item, server, "backup_id", backup => Row(server, backup, options));
            if (listed is ListingItem.Backup { Row: var row })
                servers.Add(row.Server);
            yield return listed;
        }

        if (servers.Count == 0)
            throw new ListingException($"$.{List}", "the list is empty and does not say of which server: name it with --server");
        foreach (var server in servers)
            yield return new ListingItem.CompleteServer(server, null);
    }

    static CatalogRow Row(string? server, Fields backup, ListingOptions options)
    {
        var parent = backup.OptionalName("parent_backup_id");
        var startWal = backup.Wal("begin_wal");
        var row = new CatalogRow(
            server ?? throw backup.Refused("server_name", "the server name is missing: set it with --server"),
            "barman",
            parent is null ? BackupType.Full : BackupType.Incr,
            backup.Name("backup_id"),
            BarmanBackup.Status(backup)
        )
        {
            Started = backup.Iso("begin_time_iso", options) ?? BarmanBackup.Local(backup, "begin_time", options),
            Finished = backup.Iso("end_time_iso", options) ?? BarmanBackup.Local(backup, "end_time", options),
            StoredBytes = BarmanBackup.Plausible(backup.Count("size")),
            SizesAreComparable = false,
            ParentId = parent,
            StartLsn = backup.Lsn("begin_xlog"),
            StopLsn = backup.Lsn("end_xlog"),
            StartWal = startWal,
            StopWal = backup.Wal("end_wal"),
            Timeline = backup.Integer("timeline") ?? SegmentName.Timeline(startWal),
            PgVersionNumber = backup.Integer("version"),
            SystemIdentifier = backup.Unsigned("systemid"),
            Error = backup.Text("error") is { } error ? PlainText.OnOneLine(error) : null,
            Raw = backup.Raw,
        };
        if (row is { Status: BackupStatus.Done, Finished: null })
            throw backup.Refused("end_time_iso", "the finish time is missing");
        return row.Status is BackupStatus.Done or BackupStatus.Failed ? row : row with { Finished = null };
    }
}
