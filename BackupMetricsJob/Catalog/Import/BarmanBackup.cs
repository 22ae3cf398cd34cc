using System.Globalization;
using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>One backup as Barman prints it. Its times are cut to the second, so that a list and `show-backup` agree.</summary>
internal static class BarmanBackup
{
    public const string WaitingForWal = "WAITING_FOR_WALS";

    /// <summary>How long after its end a backup may wait for its WAL and still count as done, because the WAL is on its way.</summary>
    static readonly TimeSpan Grace = TimeSpan.FromHours(1);

    /// <summary>The longest that a backup may run. An older unfinished one was killed.</summary>
    static readonly TimeSpan Longest = TimeSpan.FromDays(3);

    /// <summary>Smaller than any cluster, compressed or not. For a snapshot, Barman lists the size of a label.</summary>
    const long Smallest = 1024 * 1024;

    /// <summary>
    /// An entry of `list-backups`. It has no start time, and only a finished one has an end time. An unfinished one has only its name,
    /// which is its local start time. Its size is Barman's own "Size": the base backup, compressed or not, with the WAL it needs, as far as
    /// that has arrived. So two sizes cannot be compared.
    /// </summary>
    public static CatalogRow Listed(string server, Fields backup, BarmanServer list, ListingOptions options)
    {
        var row = Row(server, backup, options);
        if (row is { Status: BackupStatus.Running } && backup.Text("status") is "STARTED" or "EMPTY")
            return string.CompareOrdinal(row.BackupId, list.NewestId) < 0
                ? row with
                {
                    Status = BackupStatus.Failed,
                    Error = "it never ended, and a newer backup was begun: it was killed",
                }
                : row;
        if (row.Status != BackupStatus.Done)
            return row;
        var isWaiting = backup.Text("status") == WaitingForWal;
        row = row with
        {
            Finished =
                backup.Epoch("end_time_timestamp", options)
                ?? Local(backup, "end_time", options)
                ?? throw backup.Refused("end_time_timestamp", "the finish time is missing"),
            StoredBytes = isWaiting ? null : Plausible(backup.Count("size_bytes")),
            SizesAreComparable = false,
            KeepUntil = Kept(backup.Text("retention_status")),
        };
        return isWaiting && (list.LacksWal || IsLate(row.Finished!.Value, options)) ? row with { Status = BackupStatus.Waiting } : row;
    }

    /// <summary>Whether the WAL that a backup needs should have arrived by now.</summary>
    public static bool IsLate(DateTimeOffset end, ListingOptions options) => options.Now - end > Grace;

    /// <summary>
    /// The output of `show-backup`, with the sizes of 2.x and 3.0 to 3.10 (disk_usage, incremental_size) or those from 3.11 on
    /// (cluster_size, backup_size).
    /// </summary>
    public static CatalogRow FromShowBackup(string server, Fields backup, ListingOptions options)
    {
        var row = Row(server, backup, options) with { SystemIdentifier = backup.Unsigned("system_id") };
        if (row.Status != BackupStatus.Done)
            return row with { Error = backup.Text("error") is { } error ? PlainText.OnOneLine(error) : null };
        const string Base = "base_backup_information.";
        var startWal = backup.Wal(Base + "begin_wal");
        var isSnapshot = backup.Has("snapshots_info") || backup.Text("backup_type") == "snapshot";
        var onDisk = backup.Count(Base + "disk_usage_bytes");
        var stored = backup.Count(Base + "backup_size_bytes") ?? backup.Count(Base + "incremental_size_bytes") ?? onDisk;
        // Files hard-linked to an older backup were copied by rsync, which does not compress. Only then is this the size of the data.
        var size = backup.Count("cluster_size_bytes") ?? (stored < onDisk ? onDisk : null);
        row = row with
        {
            Started = backup.Epoch(Base + "begin_time_timestamp", options) ?? WholeSecond(backup.Iso(Base + "begin_time", options)),
            Finished =
                backup.Epoch(Base + "end_time_timestamp", options)
                ?? WholeSecond(backup.Iso(Base + "end_time", options))
                ?? throw backup.Refused(Base + "end_time", "the finish time is missing"),
            SizeBytes = isSnapshot ? null : Plausible(size),
            StoredBytes = isSnapshot ? null : Plausible(stored),
            SizesAreComparable = !isSnapshot && size is not null,
            ParentId = backup.OptionalName("catalog_information.parent_backup_id"),
            StartLsn = backup.Lsn(Base + "begin_lsn"),
            StopLsn = backup.Lsn(Base + "end_lsn"),
            StartWal = startWal,
            StopWal = backup.Wal(Base + "end_wal"),
            Timeline = backup.Integer(Base + "timeline") ?? SegmentName.Timeline(startWal),
            PgVersionNumber = backup.Integer("postgresql_version"),
            KeepUntil = Kept(backup.Text("catalog_information.retention_policy")),
        };
        return backup.Text("status") == WaitingForWal && IsLate(row.Finished!.Value, options)
            ? row with
            {
                Status = BackupStatus.Waiting,
            }
            : row;
    }

    public static long? Plausible(long? size) => size < Smallest ? null : size;

    /// <summary>A local time as printed by Python's ctime(): Sun Nov 22 08:26:38 2026.</summary>
    static DateTime? WallClock(Fields backup, string key)
    {
        if (backup.Text(key) is not { } text)
            return null;
        return DateTime.TryParseExact(
            text,
            "ddd MMM d HH:mm:ss yyyy",
            CultureInfo.InvariantCulture,
            DateTimeStyles.AllowInnerWhite,
            out var time
        )
            ? time
            : throw backup.Refused(key, $"\"{PlainText.OnOneLine(text, 60)}\" is no time, like Sun Nov 22 08:26:38 2026");
    }

    static CatalogRow Row(string server, Fields backup, ListingOptions options)
    {
        var row = new CatalogRow(server, "barman", Type(backup), backup.Name("backup_id"), Status(backup)) { Raw = backup.Raw };
        if (row.Status == BackupStatus.Done)
            return row;
        row = row with { Started = Began(backup, row.BackupId, options) };
        return row.Status == BackupStatus.Running && options.Now - row.Started > Longest && backup.Text("status") is "STARTED" or "EMPTY"
            ? row with
            {
                Status = BackupStatus.Failed,
                Error = "it was begun three days ago and never ended: it was killed",
            }
            : row;
    }

    public static BackupStatus Status(Fields backup) =>
        backup.Text("status") switch
        {
            // Barman itself always counts a backup that is waiting for its WAL as available (BackupInfo.STATUS_COPY_DONE).
            "DONE" or WaitingForWal => BackupStatus.Done,
            "FAILED" => BackupStatus.Failed,
            "EMPTY" or "STARTED" or "SYNCING" or "RETRYING" => BackupStatus.Running,
            var other => throw backup.Refused(
                "status",
                "DONE, WAITING_FOR_WALS, FAILED, EMPTY, STARTED or SYNCING is expected here, "
                    + $"not \"{PlainText.OnOneLine(other ?? "nothing", 60)}\""
            ),
        };

    /// <summary>Before 3.11 there is no type, and every backup is full. Those by rsync and by snapshot are full, too.</summary>
    static BackupType Type(Fields backup) =>
        backup.Text("backup_type") switch
        {
            null or "full" or "rsync" or "snapshot" => BackupType.Full,
            "incremental" => BackupType.Incr,
            var other => throw backup.Refused(
                "backup_type",
                $"full, incremental, rsync or snapshot is expected here, not \"{PlainText.OnOneLine(other, 60)}\""
            ),
        };

    /// <summary>The start of a backup with this name, in the local time of Barman's host; null if the name is not a time.</summary>
    public static DateTime? BeganLocally(string id) =>
        DateTime.TryParseExact(id, "yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) ? local : null;

    static DateTimeOffset Began(Fields backup, string id, ListingOptions options) =>
        BeganLocally(id) is { } local
            ? ToolTime.RequirePlausible(ToolTime.FromLocal(local, options.Zone), backup, "backup_id", options)
            : throw backup.Refused("backup_id", $"\"{PlainText.OnOneLine(id, 60)}\" is not a time, like 20261122T082632");

    /// <summary>A local time, used if no better one is printed.</summary>
    public static DateTimeOffset? Local(Fields backup, string key, ListingOptions options) =>
        WallClock(backup, key) is { } local
            ? ToolTime.RequirePlausible(ToolTime.FromLocal(local, options.Zone), backup, key, options)
            : null;

    /// <summary>`barman keep`: KEEP:FULL or KEEP:STANDALONE.</summary>
    // "barman keep --target full" also keeps the WAL since that backup, so the recovery window can start with it.
    static DateTimeOffset? Kept(string? retention) => retention == "KEEP:STANDALONE" ? DateTimeOffset.MaxValue : null;

    static DateTimeOffset? WholeSecond(DateTimeOffset? time) => time?.AddTicks(-(time.Value.Ticks % TimeSpan.TicksPerSecond));
}
