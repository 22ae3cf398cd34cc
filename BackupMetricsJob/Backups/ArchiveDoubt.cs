namespace BackupMetricsJob.Backups;

/// <summary>
/// Why a server's word is not enough that its archive goes on from a base backup until now. It proves nothing, but it can see when it does
/// not know: what was archived on another timeline was archived by another server, and more segments than files were ever archived cannot
/// all be there.
/// </summary>
/// <param name="Summary">Why it is not enough.</param>
/// <param name="Advice">What makes it enough.</param>
internal sealed record ArchiveDoubt(string Summary, string Advice)
{
    const string Unknown = "what would be lost is not known: ";

    const string TakeOne =
        "Take a base backup: from it on this server's word counts. Until then only the archive's own list tells what is there.";

    /// <summary>How far apart a tool and the server may tell the end of the same backup.</summary>
    static readonly TimeSpan MaxDifference = TimeSpan.FromMinutes(5);

    /// <summary>The times of files in pg_wal are cut to the second: what happened in the same second may have happened before.</summary>
    static readonly TimeSpan FileTimeResolution = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Why the word of a server that archives is not enough for this base backup; null where it is, or nothing is known of its WAL.
    /// </summary>
    public static ArchiveDoubt? Find(ServerEvidence server, BackupFacts backup)
    {
        if (server.Wal is not { Timeline: { } timeline } wal)
            return null;
        if (!IsOnTimeline(server, wal, backup))
        {
            return new(
                Unknown
                    + $"the newest base backup, of {Humanize.Time(backup.LastSuccess!.Value)}, is not known to have begun on timeline "
                    + $"{timeline}, and what was archived before that failover this server cannot know",
                TakeOne
            );
        }

        var archiver = server.Archiver;
        var since = archiver.Begin is { } begin ? $" since the statistics began at {Humanize.Time(begin)}" : "";
        if (StartOf(server, wal, backup) is not { } start || wal.ArchiveEnd is not { } end)
            return archiver.HasSucceeded ? null : new(Unknown + "no file is known to have been archived" + since, TakeOne);

        var segments = (end / wal.SegmentSize) - (start / wal.SegmentSize);
        if (segments <= 0 && backup.Oldest < backup.LastSuccess)
            return null; // An older one is kept, and what is archived goes with that.
        if (segments <= 0)
        {
            return new(
                $"the newest base backup, of {Humanize.Time(backup.LastSuccess!.Value)}, cannot be restored from the archive: "
                    + "its own WAL is not archived",
                "See that WAL is archived; a backup can be restored when the WAL is there that was written while it was made."
            );
        }

        return segments <= archiver.ArchivedCount
            ? null
            : new(
                Unknown
                    + $"{Humanize.Segments(segments)} {(segments == 1 ? "lies" : "lie")} between the newest base backup and "
                    + "the archive's end, "
                    + $"and {Humanize.Count(archiver.ArchivedCount, "file")} "
                    + $"{(archiver.ArchivedCount == 1 ? "was" : "were")} archived{since} "
                    + "(a crash resets them): there may be a hole",
                TakeOne
            );
    }

    // A server that was never promoted has only one. Else the name of its own history file tells; of a backup that only a tool knows, its
    // time.
    static bool IsOnTimeline(ServerEvidence server, WalEvidence wal, BackupFacts backup)
    {
        if (wal.Timeline == 1)
            return true;
        if (backup.Source == SourceName.Server)
            return wal.BackupTimeline == wal.Timeline;
        return (IsNoOlderThanOwn(server, backup) && wal.BackupTimeline == wal.Timeline)
            || backup.LastSuccess - (backup.LastDuration ?? TimeSpan.Zero) >= wal.TimelineBegan + FileTimeResolution;
    }

    static long? StartOf(ServerEvidence server, WalEvidence wal, BackupFacts backup) =>
        backup.Source == SourceName.Server
            ? wal.BackupStart
            : backup.StartLsn ?? (IsNoOlderThanOwn(server, backup) ? wal.BackupStart : null);

    static bool IsNoOlderThanOwn(ServerEvidence server, BackupFacts backup) =>
        server.BaseBackup is { } own && backup.LastSuccess >= own.Finished - MaxDifference;
}
