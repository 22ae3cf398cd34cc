using System.Globalization;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;
using Npgsql;

namespace BackupMetricsJob.Sources.Server;

/// <summary>Reads the rows of the source "server" (archiver.sql, wal.sql, base_backup.sql), each column by name.</summary>
internal static class ServerRows
{
    public static ServerEvidence Archiver(NpgsqlDataReader row, ServerCapabilities capabilities) =>
        new()
        {
            VersionNumber = capabilities.VersionNumber,
            InRecovery = capabilities.InRecovery,
            Now = capabilities.Now,
            Started = row.TimeOrNull("started", "the time of the server's start"),
            ArchiveMode = row.Text("archive_mode"),
            HasArchiveCommand = row.Flag("has_command"),
            DiscardReason = row.TextOrNull("discards"),
            MayOverwrite = row.FlagOrNull("may_overwrite") == true,
            MaySkip = row.FlagOrNull("may_skip") == true,
            WrittenLsn = row.LongOrNull("written"),
            Archiver = new(
                ArchivedCount: row.Long("archived_count"),
                LastArchived: row.TimeOrNull("last_archived", "last_archived_time"),
                FailedCount: row.Long("failed_count"),
                LastFailed: row.TimeOrNull("last_failed", "last_failed_time"),
                Tool: row.TextOrNull("tool"),
                Site: row.TextOrNull("site")
            )
            {
                Begin = row.TimeOrNull("statistics_begin", "stats_reset"),
            },
            UnarchivedBytesByStatistics = row.LongOrNull("unarchived"),
        };

    public static ServerEvidence WithWal(ServerEvidence evidence, NpgsqlDataReader row, ServerCapabilities capabilities)
    {
        var isCopy = row.FlagOrNull("is_copy") == true;
        var now = row.Time("now", "the server's clock");
        return evidence with
        {
            Now = now,
            Wal = new()
            {
                DirectoryBytes = row.Long("directory_bytes"),
                ReadySegments = row.Long("ready_segments"),
                ReadyOthers = row.Long("ready_others"),
                DoneSegments = row.Long("done_segments"),
                OldestReady = FileTime("oldest_ready", "the time of the oldest .ready file"),
                OldestReadySegment = FileTime("oldest_ready_segment", "the time of the oldest .ready file of a segment"),
                UnarchivedBytes = row.LongOrNull("unarchived"),
                NewestDone = FileTime("newest_done", "the time of the newest .done file"),
                Done = [.. Marks(row)],
                NewestBeforeUnarchived = FileTime("newest_before_unarchived", "the time of an archived segment"),
                LastWrite = row.TimeOrNull("last_write", "the time of the current segment"),
                ArchiveTimeout = TimeSpan.FromSeconds(row.Number("archive_timeout")),
                ReplayBytes = row.LongOrNull("replay"),
                ArchiveEnd = row.LongOrNull("archive_end"),
                SegmentSize = row.Long("segment_size"),
                Timeline = row.IntegerOrNull("timeline"),
                TimelineBegan = row.TimeOrNull("timeline_began", "the time of a timeline history file"),
                BackupTimeline = row.IntegerOrNull("backup_timeline"),
                BackupStart = row.LongOrNull("backup_start"),
                ReceiversAreVisible = capabilities.ReadStatistics.IsGranted,
                Receiver = Receiver(row, now),
                IsCopy = isCopy,
                AttemptIsRunning = row.FlagOrNull("attempt_is_running") == true,
            },
        };

        // In a copied data directory, a file is older than its time. It cannot be newer than the last success.
        DateTimeOffset? FileTime(string column, string what) =>
            row.TimeOrNull(column, what) is { } time
                ? isCopy && time > evidence.Archiver.LastArchived
                    ? evidence.Archiver.LastArchived
                    : time
                : null;
    }

    public static BaseBackup Backup(NpgsqlDataReader row, ServerEvidence evidence)
    {
        var finished = row.Time("finished_at", "the end of the last base backup");

        // A copied file has the time of the copy. A base backup made after the last success would also have been archived after it.
        if (evidence is { Wal.IsCopy: true, Archiver.LastArchived: { } archived } && finished > archived)
            finished = archived;
        return new(Finished: finished, Started: row.TimeOrNull("started_at", "the start of the last base backup"), Tool: row.Text("tool"))
        {
            IsIncremental = row.FlagOrNull("is_incremental") == true,
        };
    }

    // In a copied data directory, segments were complete before these times. That allows fewer conclusions, but no wrong ones.
    static IEnumerable<WalMark> Marks(NpgsqlDataReader row)
    {
        foreach (var mark in (row.TextOrNull("done") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (
                mark.Split(' ') is [var number, var seconds]
                && double.TryParse(seconds, CultureInfo.InvariantCulture, out var complete)
                && UnixTime.IsTime(complete)
            )
                yield return new(
                    long.Parse(number, CultureInfo.InvariantCulture),
                    UnixTime.FromSeconds(complete, "the time of a .done file")
                );
        }
    }

    static WalReceiver? Receiver(NpgsqlDataReader row, DateTimeOffset now)
    {
        if (row.NumberOrNull("receiver_reply") is not { } seconds)
            return null;
        // The receiver's own clock, as sent. It may be any number.
        DateTimeOffset? reply = UnixTime.IsTime(seconds) ? UnixTime.FromSeconds(seconds, "a WAL receiver's reply_time") : null;
        if (reply - now > ClockTolerance.Max)
            reply = null;
        return new(
            row.FlagOrNull("receiver_is_current") == true,
            reply,
            row.TimeOrNull("newest_flushed", "the time of a streamed segment")
        );
    }
}
