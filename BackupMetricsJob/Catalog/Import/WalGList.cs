using System.Runtime.CompilerServices;
using System.Text.Json;
using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>
/// `wal-g backup-list --detail --json`, of versions 0.2.14 to 3.0.9 and main (BackupTime, ExtendedMetadataDto): an array, or null where there is none. Without --detail there are but four
/// fields; then, and where the metadata of a backup is missing, the time of its sentinel is when it finished. A name may stand once for each storage.
/// </summary>
internal static class WalGList
{
    const string Expected = "an array of backups";

    public static async IAsyncEnumerable<Listed> ReadAsync(
        Stream input, ListingOptions options, [EnumeratorCancellation] CancellationToken cancel)
    {
        var server = options.Server ?? throw new ListingException("", "wal-g does not say whose backups it lists: name the server with --server");
        var from = input.Position;
        var deltas = await DeltasAsync(input, cancel);
        input.Position = from;
        using var json = new JsonStream(input);
        if (await json.ReadAsync(cancel) == JsonTokenType.StartArray)
        {
            while (await json.ValueAsync(cancel) is { } backup)
                yield return Listing.Of(Row(server, backup, deltas, options));
        }

        yield return new Listed.Server(server, null);
    }

    static async ValueTask<WalGDeltas> DeltasAsync(Stream input, CancellationToken cancel)
    {
        using var json = new JsonStream(input);
        var deltas = new WalGDeltas();
        if (await json.PeekAsync(cancel) == JsonTokenType.Null)
        {
            await json.ReadAsync(cancel);
        }
        else
        {
            await json.ExpectAsync(JsonTokenType.StartArray, Expected, cancel);
            while (await json.ValueAsync(cancel) is { Fields: var backup })
                deltas.Add(Storage(backup), backup.Name("backup_name"));
        }

        await json.ExpectAsync(JsonTokenType.None, "the end of the input", cancel);
        return deltas;
    }

    static CatalogRow Row(string server, JsonItem item, WalGDeltas deltas, ListingOptions options)
    {
        var backup = item.Fields;
        var name = backup.Name("backup_name");
        var storage = Storage(backup);
        var startWal = backup.Wal("wal_file_name");
        return new CatalogRow(server, "wal-g", WalGDeltas.IsDelta(name) ? BackupType.Incr : BackupType.Full, name, BackupStatus.Done)
        {
            Storage = storage,
            Started = backup.IsoUnlessZero("start_time", options),
            Finished = backup.IsoUnlessZero("finish_time", options) ?? backup.IsoUnlessZero("time", options)
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
            Raw = item.Raw,
        };
    }

    static string Storage(Fields backup) => backup.Text("storage_name") is { Length: > 0 } ? backup.Name("storage_name") : "default";

    // Go prints what it does not know as 0.
    static long? UnlessZero(long? number) => number == 0 ? null : number;

    static ulong? UnlessZero(ulong? number) => number == 0 ? null : number;
}
