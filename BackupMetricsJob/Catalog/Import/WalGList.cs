using System.Text.Json;
using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>
/// `wal-g backup-list --detail --json`, of versions 0.2.14 to 3.0.9 and main (BackupTime, ExtendedMetadataDto): an array, or null where
/// there is none. Without --detail there are but four fields; then, and where the metadata of a backup is missing, the time of its sentinel
/// is when it finished. A name may stand once for each storage.
/// </summary>
internal static class WalGList
{
    const string Expected = "an array of backups, as `wal-g backup-list --detail --json` prints it,";

    public static IEnumerable<Listed> Read(JsonText json, ListingOptions options)
    {
        var server =
            options.Server ?? throw new ListingException("", "wal-g does not say whose backups it lists: name the server with --server");
        if (json.Kind != JsonTokenType.Null)
        {
            var deltas = new WalGDeltas();
            foreach (var item in json.Items(Expected))
            {
                var backup = item.Parse();
                deltas.Add(Storage(backup), backup.Name("backup_name"));
            }

            foreach (var item in json.Items(Expected))
                yield return Listing.Of(Row(server, item.Parse(), deltas, options));
        }

        yield return new Listed.Server(server, null);
    }

    static CatalogRow Row(string server, Fields backup, WalGDeltas deltas, ListingOptions options)
    {
        var name = backup.Name("backup_name");
        var storage = Storage(backup);
        var startWal = backup.Wal("wal_file_name");
        return new CatalogRow(server, "wal-g", WalGDeltas.IsDelta(name) ? BackupType.Incr : BackupType.Full, name, BackupStatus.Done)
        {
            Storage = storage,
            Started = backup.IsoUnlessZero("start_time", options),
            Finished =
                backup.IsoUnlessZero("finish_time", options)
                ?? backup.IsoUnlessZero("time", options)
                ?? throw backup.Refused("time", "when the backup finished is missing here"),
            SizeBytes = UnlessZero(backup.Count("uncompressed_size")),
            StoredBytes = UnlessZero(backup.Count("compressed_size")),
            ParentId = deltas.Parent(storage, name),
            StartLsn = UnlessZero(backup.Unsigned("start_lsn")),
            StopLsn = UnlessZero(backup.Unsigned("finish_lsn")),
            StartWal = startWal,
            Timeline = WalSegment.Timeline(startWal),
            PgVersionNumber = backup.Integer("pg_version") is > 0 and var version ? version : null,
            SystemIdentifier = backup.Unsigned("system_identifier"),
            KeepUntil = backup.Flag("is_permanent") ? DateTimeOffset.MaxValue : null,
            Raw = backup.Raw,
        };
    }

    static string Storage(Fields backup) => backup.Text("storage_name") is { Length: > 0 } ? backup.Name("storage_name") : "default";

    // Go prints what it does not know as 0.
    static long? UnlessZero(long? number) => number == 0 ? null : number;

    static ulong? UnlessZero(ulong? number) => number == 0 ? null : number;
}
