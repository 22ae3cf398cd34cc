using System.Globalization;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;
using Npgsql;

namespace BackupMetricsJob.Sources.Server;

/// <summary>Reads the rows of the source "server" (archiver.sql, wal.sql, base_backup.sql), each column by its name.</summary>
internal static class ServerRows
{
    public static ServerEvidence Archiver(NpgsqlDataReader row, Session session) =>
        new()
        {
            VersionNumber = session.VersionNumber,
            InRecovery = session.InRecovery,
            Now = session.Now,
            Started = Time(row, "started", "the time of the server's start"),
            ArchiveMode = row.GetString(row.GetOrdinal("archive_mode")),
            HasArchiveCommand = row.GetBoolean(row.GetOrdinal("has_command")),
            Discards = Text(row, "discards"),
            MayOverwrite = Is(row, "may_overwrite"),
            MaySkip = Is(row, "may_skip"),
            WrittenLsn = Long(row, "written"),
            Archiver = new(
                ArchivedCount: row.GetInt64(row.GetOrdinal("archived_count")),
                LastArchived: Time(row, "last_archived", "last_archived_time"),
                FailedCount: row.GetInt64(row.GetOrdinal("failed_count")),
                LastFailed: Time(row, "last_failed", "last_failed_time"),
                Tool: Text(row, "tool"),
                Site: Text(row, "site")
            )
            {
                Begin = Time(row, "statistics_begin", "stats_reset"),
            },
            UnarchivedBytesByStatistics = Long(row, "unarchived"),
        };

    public static ServerEvidence WithWal(ServerEvidence evidence, NpgsqlDataReader row, Session session)
    {
        var isCopy = Is(row, "is_copy");
        var now = row.Time(row.GetOrdinal("now"), "the server's clock");
        return evidence with
        {
            Now = now,
            Wal = new()
            {
                DirectoryBytes = row.GetInt64(row.GetOrdinal("directory_bytes")),
                ReadySegments = row.GetInt64(row.GetOrdinal("ready_segments")),
                ReadyOthers = row.GetInt64(row.GetOrdinal("ready_others")),
                DoneSegments = row.GetInt64(row.GetOrdinal("done_segments")),
                OldestReady = FileTime("oldest_ready", "the time of the oldest .ready file"),
                OldestReadySegment = FileTime("oldest_ready_segment", "the time of the oldest .ready file of a segment"),
                UnarchivedBytes = Long(row, "unarchived"),
                NewestDone = FileTime("newest_done", "the time of the newest .done file"),
                Done = [.. Marks(row)],
                NewestBeforeUnarchived = FileTime("newest_before_unarchived", "the time of an archived segment"),
                LastWrite = Time(row, "last_write", "the time of the current segment"),
                ArchiveTimeout = TimeSpan.FromSeconds(row.GetDouble(row.GetOrdinal("archive_timeout"))),
                ReplayBytes = Long(row, "replay"),
                ArchiveEnd = Long(row, "archive_end"),
                SegmentSize = row.GetInt64(row.GetOrdinal("segment_size")),
                Timeline = Integer(row, "timeline"),
                TimelineBegan = Time(row, "timeline_began", "the time of a timeline history file"),
                BackupTimeline = Integer(row, "backup_timeline"),
                BackupStart = Long(row, "backup_start"),
                ReceiversAreVisible = session.ReadStatistics.IsThere,
                Receiver = Receiver(row, now),
                IsCopy = isCopy,
                AttemptIsRunning = Is(row, "attempt_is_running"),
            },
        };

        // In a copy of the data directory a file is older than its time. The last success is the latest that it can be from.
        DateTimeOffset? FileTime(string column, string what) =>
            Time(row, column, what) is { } time
                ? isCopy && time > evidence.Archiver.LastArchived
                    ? evidence.Archiver.LastArchived
                    : time
                : null;
    }

    public static BaseBackup Backup(NpgsqlDataReader row, ServerEvidence evidence)
    {
        var finished = row.Time(row.GetOrdinal("finished_at"), "the end of the last base backup");

        // A copy's file has the time of the copy; a base backup after that would have been archived after it, too.
        if (evidence is { Wal.IsCopy: true, Archiver.LastArchived: { } archived } && finished > archived)
            finished = archived;
        return new(
            Finished: finished,
            Started: Time(row, "started_at", "the start of the last base backup"),
            Tool: row.GetString(row.GetOrdinal("tool"))
        )
        {
            IsIncremental = Is(row, "is_incremental"),
        };
    }

    // In a copy of the data directory the segments were complete before these times: less is concluded, and nothing that is wrong.
    static IEnumerable<WalMark> Marks(NpgsqlDataReader row)
    {
        foreach (var mark in (row.TextOrNull(row.GetOrdinal("done")) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
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
        var at = row.GetOrdinal("receiver_reply");
        if (row.IsDBNull(at))
            return null;
        // The receiver's own clock, as it sent it: any number may stand there.
        var reply = UnixTime.IsTime(row.GetDouble(at)) ? row.TimeOrNull(at, "a WAL receiver's reply_time") : null;
        if (reply - now > ClockTolerance.Max)
            reply = null;
        return new(Is(row, "receiver_is_current"), reply, Time(row, "newest_flushed", "the time of a streamed segment"));
    }

    static DateTimeOffset? Time(NpgsqlDataReader row, string column, string what) => row.TimeOrNull(row.GetOrdinal(column), what);

    static long? Long(NpgsqlDataReader row, string column) => row.LongOrNull(row.GetOrdinal(column));

    static string? Text(NpgsqlDataReader row, string column) => row.TextOrNull(row.GetOrdinal(column));

    static bool Is(NpgsqlDataReader row, string column) => row.GetOrdinal(column) is var at && !row.IsDBNull(at) && row.GetBoolean(at);

    static int? Integer(NpgsqlDataReader row, string column) =>
        row.GetOrdinal(column) is var at && row.IsDBNull(at) ? null : row.GetInt32(at);
}
