using System.Globalization;
using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>One backup as Barman prints it. Its times are read to the second, so that a list and `show-backup` say the same.</summary>
internal static class BarmanBackup
{
    /// <summary>
    /// An entry of `list-backups`. It has no begin time, and only a finished one has an end. What is not finished has nothing but its name,
    /// which is the local time at which it began. Its size is Barman's own "Size": the base backup with the WAL that it needs.
    /// </summary>
    public static CatalogRow Listed(string server, Fields backup, ListingOptions options)
    {
        var row = Row(server, backup, options);
        if (row.Status != BackupStatus.Done)
            return row;
        return row with
        {
            Finished =
                backup.Epoch("end_time_timestamp", options)
                ?? LocalEnd(backup, options)
                ?? throw backup.Refused("end_time_timestamp", "when the backup finished is missing here"),
            SizeBytes = backup.Count("size_bytes"),
            KeepUntil = Kept(backup.Text("retention_status")),
        };
    }

    /// <summary>
    /// What `show-backup` prints: the sizes of 2.x and 3.0 to 3.10 (disk_usage, incremental_size) or those from 3.11 on (cluster_size,
    /// backup_size).
    /// </summary>
    public static CatalogRow FromShowBackup(string server, Fields backup, ListingOptions options)
    {
        var row = Row(server, backup, options) with { SystemIdentifier = backup.Unsigned("system_id") };
        if (row.Status != BackupStatus.Done)
            return row with { Error = backup.Text("error") is { } error ? PlainText.OnOneLine(error) : null };
        const string Base = "base_backup_information.";
        var startWal = backup.Wal(Base + "begin_wal");
        return row with
        {
            Started = WholeSecond(backup.Iso(Base + "begin_time", options)) ?? backup.Epoch(Base + "begin_time_timestamp", options),
            Finished =
                WholeSecond(backup.Iso(Base + "end_time", options))
                ?? backup.Epoch(Base + "end_time_timestamp", options)
                ?? throw backup.Refused(Base + "end_time", "when the backup finished is missing here"),
            SizeBytes = backup.Count("cluster_size_bytes") ?? backup.Count(Base + "disk_usage_bytes"),
            StoredBytes = backup.Count(Base + "backup_size_bytes") ?? backup.Count(Base + "incremental_size_bytes"),
            ParentId = backup.OptionalName("catalog_information.parent_backup_id"),
            StartLsn = backup.Lsn(Base + "begin_lsn"),
            StopLsn = backup.Lsn(Base + "end_lsn"),
            StartWal = startWal,
            StopWal = backup.Wal(Base + "end_wal"),
            Timeline = backup.Integer(Base + "timeline") ?? WalSegment.Timeline(startWal),
            PgVersionNumber = backup.Integer("postgresql_version"),
            KeepUntil = Kept(backup.Text("catalog_information.retention_policy")),
        };
    }

    /// <summary>A time as Python's ctime() prints it: Sun Nov 22 08:26:38 2026.</summary>
    public static DateTime? WallClock(Fields backup, string key)
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
        var row = new CatalogRow(server, "barman", Kind(backup), backup.Name("backup_id"), Status(backup)) { Raw = backup.Raw };
        return row.Status == BackupStatus.Done ? row : row with { Started = Began(backup, row.BackupId, options) };
    }

    static BackupStatus Status(Fields backup) =>
        backup.Text("status") switch
        {
            // Barman itself counts a backup whose WAL is still on its way among those that are there (BackupInfo.STATUS_COPY_DONE).
            "DONE" or "WAITING_FOR_WALS" => BackupStatus.Done,
            "FAILED" => BackupStatus.Failed,
            "EMPTY" or "STARTED" or "SYNCING" or "RETRYING" => BackupStatus.Running,
            var other => throw backup.Refused(
                "status",
                "DONE, WAITING_FOR_WALS, FAILED, EMPTY, STARTED or SYNCING is expected here, "
                    + $"not \"{PlainText.OnOneLine(other ?? "nothing", 60)}\""
            ),
        };

    /// <summary>Before 3.11 there is no type, and every backup is a full one; so are those by rsync and by snapshot.</summary>
    static BackupType Kind(Fields backup) =>
        backup.Text("backup_type") switch
        {
            null or "full" or "rsync" or "snapshot" => BackupType.Full,
            "incremental" => BackupType.Incr,
            var other => throw backup.Refused(
                "backup_type",
                $"full, incremental, rsync or snapshot is expected here, not \"{PlainText.OnOneLine(other, 60)}\""
            ),
        };

    static DateTimeOffset Began(Fields backup, string id, ListingOptions options) =>
        DateTime.TryParseExact(id, "yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var local)
            ? ToolTime.Believed(ToolTime.FromLocal(local, options.Zone), backup, "backup_id", options)
            : throw backup.Refused("backup_id", $"\"{PlainText.OnOneLine(id, 60)}\" is not a time, like 20261122T082632");

    static DateTimeOffset? LocalEnd(Fields backup, ListingOptions options) =>
        WallClock(backup, "end_time") is { } local
            ? ToolTime.Believed(ToolTime.FromLocal(local, options.Zone), backup, "end_time", options)
            : null;

    /// <summary>`barman keep`: KEEP:FULL or KEEP:STANDALONE.</summary>
    static DateTimeOffset? Kept(string? retention) =>
        retention is not null && retention.StartsWith("KEEP", StringComparison.Ordinal) ? DateTimeOffset.MaxValue : null;

    static DateTimeOffset? WholeSecond(DateTimeOffset? time) => time?.AddTicks(-(time.Value.Ticks % TimeSpan.TicksPerSecond));
}
