using System.Text.Json;
using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>
/// `wal-g backup-list --detail --json`, versions 0.2.14 to 3.0.9 and main (BackupTime, ExtendedMetadataDto): an array, or null without
/// backups. Without --detail there are only four fields. Then, and if a backup's metadata is missing, the sentinel's modification time is
/// the finish time. A name may occur once per storage.
/// </summary>
internal static class WalGList
{
    const string Expected = "an array of backups, as `wal-g backup-list --detail --json` prints it,";

    public static IEnumerable<ListingItem> Read(JsonText json, ListingOptions options)
    {
        var server =
            options.Server ?? throw new ListingException("", "wal-g does not say whose backups it lists: name the server with --server");
        if (json.Kind != JsonTokenType.Null)
        {
            var deltas = new WalGDeltas();
            foreach (var item in json.Items(Expected))
            {
                if (item.MemberText("backup_name") is not { } name)
                    continue;
                RefuseOther(name, item);
                deltas.Add(item.MemberText("storage_name") is { Length: > 0 } storage ? storage : CatalogRow.DefaultStorage, name);
            }

            foreach (var item in json.Items(Expected))
                yield return Listing.Read(item, server, "backup_name", backup => Row(server, backup, deltas, options));
        }

        yield return new ListingItem.CompleteServer(server, null);
    }

    /// <summary>Refuses backups of other databases, which wal-g lists in the same way. Only PostgreSQL's are called base_SEGMENT.</summary>
    static void RefuseOther(string name, JsonText item)
    {
        var other = name.StartsWith("stream_", StringComparison.Ordinal)
            ? IsOf("binlog_start")
                ? "MySQL"
                : "MySQL, MongoDB or Redis"
            : name.StartsWith("binary_", StringComparison.Ordinal)
                ? "MongoDB"
                : name.StartsWith("backup_", StringComparison.Ordinal)
                    ? "Greenplum"
                    : null;
        if (other is not null)
            throw new ListingException(item.Path, $"{name} is a backup of {other}: only wal-g's lists of PostgreSQL backups are read");

        bool IsOf(string key) => item.Members("a backup").ContainsKey(key);
    }

    static CatalogRow Row(string server, Fields backup, WalGDeltas deltas, ListingOptions options)
    {
        var name = backup.Name("backup_name");
        var storage = Storage(backup);
        var startWal = backup.Wal("wal_file_name");
        var finished = backup.IsoUnlessZero("finish_time", options);
        return new CatalogRow(server, "wal-g", WalGDeltas.IsDelta(name) ? BackupType.Incr : BackupType.Full, name, BackupStatus.Done)
        {
            Storage = storage,
            Started = backup.IsoUnlessZero("start_time", options),
            Finished = finished ?? backup.IsoUnlessZero("time", options) ?? throw backup.Refused("time", "the finish time is missing"),
            TimeIsOfObject = finished is null,
            SizeBytes = UnlessZero(backup.Count("uncompressed_size")),
            StoredBytes = UnlessZero(backup.Count("compressed_size")),
            ParentId = deltas.Parent(storage, name),
            StartLsn = UnlessZero(Position(backup, "start_lsn")),
            StopLsn = UnlessZero(Position(backup, "finish_lsn")),
            StartWal = startWal,
            Timeline = SegmentName.Timeline(startWal),
            PgVersionNumber = backup.Integer("pg_version") is > 0 and var version ? version : null,
            SystemIdentifier = backup.Unsigned("system_identifier"),
            KeepUntil = backup.Flag("is_permanent") ? DateTimeOffset.MaxValue : null,
            Raw = backup.Raw,
        };
    }

    static string Storage(Fields backup) =>
        backup.Text("storage_name") is { Length: > 0 } ? backup.Name("storage_name") : CatalogRow.DefaultStorage;

    /// <summary>An LSN as a number, or as PostgreSQL writes it: 0/2B000028.</summary>
    static ulong? Position(Fields backup, string key) =>
        backup.Has(key)
        && backup.Element.GetProperty(key) is { ValueKind: JsonValueKind.String } text
        && text.GetString()!.Contains('/', StringComparison.Ordinal)
            ? backup.Lsn(key)
            : backup.Unsigned(key);

    // Go prints an unknown value as 0.
    static long? UnlessZero(long? number) => number == 0 ? null : number;

    static ulong? UnlessZero(ulong? number) => number == 0 ? null : number;
}
