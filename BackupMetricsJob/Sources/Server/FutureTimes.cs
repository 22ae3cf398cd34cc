using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Sources.Server;

/// <summary>
/// Removes the server's own times that lie in the future of its clock, because the clock was set back. Otherwise a file would wait for a
/// negative time, or a failure would seem older than the last success. Each removed time is named.
/// </summary>
internal static class FutureTimes
{
    public static ServerEvidence Remove(ServerEvidence server)
    {
        string? named = server.FutureTime;
        var archiver = server.Archiver;
        archiver = archiver with
        {
            LastArchived = Past(archiver.LastArchived, "last_archived_time in pg_stat_archiver"),
            LastFailed = Past(archiver.LastFailed, "last_failed_time in pg_stat_archiver"),
        };
        var wal = server.Wal;
        if (wal is not null)
        {
            wal = wal with
            {
                OldestReady = Past(wal.OldestReady, "the time of the oldest .ready file"),
                OldestReadySegment = Past(wal.OldestReadySegment, "the time of the oldest .ready file of a segment"),
                NewestDone = Past(wal.NewestDone, "the time of the newest .done file"),
                NewestBeforeUnarchived = Past(wal.NewestBeforeUnarchived, "the time of an archived segment"),
            };
        }

        return server with
        {
            Archiver = archiver,
            Wal = wal,
            Started = IsFuture(server.Started) ? null : server.Started,
            FutureTime = named,
        };

        DateTimeOffset? Past(DateTimeOffset? time, string what)
        {
            if (!IsFuture(time))
                return time;
            named ??= $"{what} is in the future: {Humanize.Time(time!.Value)}, the database's clock says {Humanize.Time(server.Now)}";
            return null;
        }

        bool IsFuture(DateTimeOffset? time) => time - server.Now > ClockTolerance.Max;
    }

    public static ProbeFailure? Failure(ServerEvidence server) =>
        server.FutureTime is { } named
            ? new(FailureReason.BadData, named)
            {
                Advice =
                    "Check the clock of the database's host (NTP). If it was ahead and is right now, this ends when WAL is archived again "
                    + "(SELECT pg_switch_wal()); for last_failed_time: SELECT pg_stat_reset_shared('archiver').",
            }
            : null;
}
