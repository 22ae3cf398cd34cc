namespace BackupMetricsJob.Backups;

/// <summary>
/// Why the recovery point is unknown: the server's evidence does not show that the archive is complete from a base backup up to now. The
/// server proves nothing, but it can tell when it does not know. WAL of another timeline was archived by another server. If there are more
/// segments between backup and archive end than files were ever archived, some are missing. And a backup without a known WAL position may
/// be from before a time without archiving.
/// </summary>
/// <param name="Summary">Why the evidence is insufficient.</param>
/// <param name="Advice">What makes the evidence sufficient.</param>
internal sealed record UnknownRecoveryPoint(string Summary, string Advice)
{
    const string Unknown = "what would be lost is not known: ";

    const string TakeOne =
        "Take a base backup: from then on this server's evidence counts. Until then only the archive's own listing shows what is there.";

    /// <summary>How far apart a tool and the server may report the end of the same backup.</summary>
    static readonly TimeSpan MaxDifference = TimeSpan.FromMinutes(5);

    /// <summary>File times in pg_wal are cut to the second, so an event in the same second may have happened earlier.</summary>
    static readonly TimeSpan FileTimeResolution = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Why the evidence of an archiving server is insufficient for this base backup; null if it is sufficient, or if nothing is known about
    /// the server's WAL.
    /// </summary>
    public static UnknownRecoveryPoint? Find(ServerEvidence server, BackupFacts backup)
    {
        if (server.Wal is not { Timeline: { } timeline } wal)
            return null;
        if (server.MayOverwrite)
        {
            return new(
                Unknown
                    + "archive_command copies %p without %f, the segment's name; unless the target is a directory, each segment overwrites "
                    + "the last",
                "Write %f into the target: cp %p /archive/%f. Then take a base backup."
            );
        }

        if (server.MaySkip)
        {
            return new(
                Unknown
                    + "while a condition in archive_command holds (a folder that is not mounted, a file that says stop), it succeeds "
                    + "without storing the segment, which is lost",
                "Let it fail instead: test -d /archive && cp %p /archive/%f. Then take a base backup."
            );
        }

        if (!IsOnTimeline(server, wal, backup))
            return OtherTimeline(backup, timeline);
        return SegmentsSince(StartOf(server, wal, backup), wal) is { } segments
            ? OfPlaced(server.Archiver, backup, segments)
            : OfUnplaced(server, wal, backup);
    }

    static long? SegmentsSince(long? start, WalEvidence wal) => (wal.ArchiveEnd / wal.SegmentSize) - (start / wal.SegmentSize);

    static UnknownRecoveryPoint? OfPlaced(ArchiverStatistics archiver, BackupFacts backup, long segments)
    {
        if (segments <= 0 && backup.Oldest < backup.LastSuccess)
            return null; // An older backup is kept, and the archived WAL fits that one.
        if (segments <= 0)
        {
            return new(
                $"the newest base backup, {Of(backup)}, cannot be restored from the archive: its own WAL is not archived",
                "See that WAL is archived. A backup can be restored when the WAL is archived that was written while it was made."
            );
        }

        return segments <= archiver.ArchivedCount ? null : Hole(archiver, segments, "", backup.LastSuccess!.Value);
    }

    // Judges the backup by its time alone. If the server's own backup is older, the WAL since the own backup covers this one, too. If the
    // own backup is newer, at least as many segments follow this one. Archiving can only be turned off by a restart, and the counters start
    // again at a reset.
    static UnknownRecoveryPoint? OfUnplaced(ServerEvidence server, WalEvidence wal, BackupFacts backup)
    {
        var archiver = server.Archiver;
        if (!archiver.HasSucceeded)
            return new(Unknown + "no file is known to have been archived" + Since(archiver), TakeOne);
        if (SegmentsSince(wal.BackupStart, wal) is { } segments && wal.BackupTimeline == wal.Timeline)
        {
            if (IsNoOlderThanOwn(server, backup) && segments <= archiver.ArchivedCount)
                return null;
            if (!IsNoOlderThanOwn(server, backup) && segments > archiver.ArchivedCount)
                return Hole(archiver, segments, "at least ", server.BaseBackup!.Finished);
        }

        var began = Began(backup);
        var after =
            server.Started > began
                ? $"the server was started at {Humanize.Time(server.Started.Value)}, after it, perhaps after a time " + "without archiving"
            : archiver.Begin > began ? $"the statistics of the archiver began at {Humanize.Time(archiver.Begin.Value)}, after it"
            : null;
        return after is null
            ? null
            : new(
                Unknown + $"the source of the newest base backup, {Of(backup)}, does not say where in the WAL it begins, and {after}",
                "Use a source that says where a backup begins: the catalogue, filled by backup-metrics import. Or take a base backup."
            );
    }

    static UnknownRecoveryPoint Hole(ArchiverStatistics archiver, long segments, string atLeast, DateTimeOffset backup) =>
        new(
            Unknown
                + $"{atLeast}{Humanize.Segments(segments)} {(segments == 1 ? "lies" : "lie")} between the base backup of "
                + $"{Humanize.Time(backup)} and the archive's end, and {Humanize.Count(archiver.ArchivedCount, "file")} "
                + $"{(archiver.ArchivedCount == 1 ? "was" : "were")} archived{Since(archiver)} "
                + "(a crash resets them): there may be a hole",
            TakeOne
        );

    static UnknownRecoveryPoint OtherTimeline(BackupFacts backup, int timeline) =>
        new(
            Unknown
                + $"the newest base backup, {Of(backup)}, "
                + (
                    backup.Timeline is { } began
                        ? $"began on timeline {began}, and this server writes timeline {timeline}; what was archived on another timeline "
                            + "it cannot know"
                        : $"is not known to have begun on timeline {timeline}, and what was archived before that failover this server "
                            + "cannot know"
                ),
            TakeOne
        );

    static string Of(BackupFacts backup) => $"of {Humanize.Time(backup.LastSuccess!.Value)}";

    static string Since(ArchiverStatistics archiver) =>
        archiver.Begin is { } begin ? $" since the statistics began at {Humanize.Time(begin)}" : "";

    // The tool may name the timeline. A server that was never promoted has only one. Otherwise the server's own history file or the time
    // decides.
    static bool IsOnTimeline(ServerEvidence server, WalEvidence wal, BackupFacts backup)
    {
        if (backup.Timeline is { } began)
            return began == wal.Timeline;
        if (wal.Timeline == 1)
            return true;
        if (backup.Source == SourceName.Server)
            return wal.BackupTimeline == wal.Timeline;
        return (IsNoOlderThanOwn(server, backup) && wal.BackupTimeline == wal.Timeline)
            || Began(backup) >= wal.TimelineBegan + FileTimeResolution;
    }

    static DateTimeOffset Began(BackupFacts backup) => backup.LastSuccess!.Value - (backup.LastDuration ?? TimeSpan.Zero);

    static long? StartOf(ServerEvidence server, WalEvidence wal, BackupFacts backup) =>
        backup.Source == SourceName.Server
            ? wal.BackupStart
            : backup.StartLsn
                ?? SegmentName.Start(backup.StartSegment, wal.SegmentSize)
                ?? (IsOwn(server, backup) ? wal.BackupStart : null);

    static bool IsOwn(ServerEvidence server, BackupFacts backup) =>
        server.BaseBackup is { } own && (backup.LastSuccess - own.Finished)?.Duration() <= MaxDifference;

    static bool IsNoOlderThanOwn(ServerEvidence server, BackupFacts backup) =>
        server.BaseBackup is { } own && backup.LastSuccess >= own.Finished - MaxDifference;
}
