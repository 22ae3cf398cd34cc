namespace BackupMetricsJob.Backups;

/// <summary>
/// How much work would be lost if the server died now: the newest moment it could be restored to lies this long before the probe.
/// An upper bound, and null wherever it is not known; it is never a guess.
/// </summary>
internal static class RecoveryPoint
{
    /// <summary>
    /// The loss window of a server whose backups are <paramref name="backups"/>; null on a standby, where there is no backup, and where
    /// nothing tells how far the archive reaches. A dump is a recovery point of its own, its start, unless it holds one database only.
    /// </summary>
    /// <param name="server">Null where the server itself was not asked: then only what the tools said counts.</param>
    /// <param name="archive">What the archives' listings say; null where there are none.</param>
    /// <param name="at">When this is asked, by the job's clock.</param>
    public static Loss? Estimate(
        ServerEvidence? server,
        IReadOnlyList<BackupFacts> backups,
        ArchiveAssessment? archive = null,
        DateTimeOffset at = default
    )
    {
        if (server is { InRecovery: true })
            return null;
        var dump = Newest(backups, type => type == BackupType.Logical);
        var sinceDump =
            dump is { Database: null } && ByTool(dump.Age + dump.LastDuration) is { } loss ? loss with { IsByDump = true } : null;
        if (Base(backups) is not { } newest)
            return sinceDump;
        var byWal = archive?.Best switch
        {
            { HasHole: true } hole => ByListing(hole, at),
            { } whole => (server is null ? null : ByServer(server, newest, archive)) ?? ByListing(whole, at),
            null when server is null => ByArchivedWal(newest, Newest(backups, type => type == BackupType.Wal)),
            null => ByServer(server, newest, archive),
        };
        if (newest.CarriesItsWal && server is not null)
            byWal = Smaller(byWal, ByTool(newest.Age));
        return byWal is null ? null : Smaller(byWal, sinceDump);
    }

    /// <summary>
    /// The base backup that WAL would be replayed on: the newest that a tool knows, else the newest that the server saw stopped, which need
    /// not have been stored.
    /// </summary>
    static BackupFacts? Base(IReadOnlyList<BackupFacts> backups)
    {
        BackupFacts? newest = null;
        foreach (var backup in backups)
        {
            if (backup is not { LastSuccess: { } at } || !backup.Type.IsPhysical())
                continue;
            if (newest is null || (IsFromTool(backup), at).CompareTo((IsFromTool(newest), newest.LastSuccess!.Value)) > 0)
                newest = backup;
        }

        return newest;
    }

    /// <summary>
    /// WAL that a restore would replay, from the start of the newest backup that can be restored, an incremental one included, to the
    /// archive's end; by the server's own base backup where no tool tells where its backup begins. Null where there is no archive, or where
    /// it ends before that backup.
    /// </summary>
    public static long? ReplayBytes(ServerEvidence? server, IReadOnlyList<BackupFacts> backups)
    {
        if (server is { ArchiveMode: "off" })
            return null;
        var start = Newest(
            [.. backups.Where(CanBeRestored)],
            type => type is BackupType.Full or BackupType.Diff or BackupType.Incr
        )?.StartLsn;
        var end = server is null ? Newest(backups, type => type == BackupType.Wal)?.StopLsn : server.Wal?.ArchiveEnd;
        return end >= start ? end - start : server?.Wal?.ReplayBytes;
    }

    // If some chains are broken, no source says whether the newest incremental backup is in one of them.
    static bool CanBeRestored(BackupFacts backup) =>
        backup.Type == BackupType.Full || (backup.BrokenChains == 0 && backup.StartLsn is not null);

    /// <summary>
    /// Why the server's evidence is not enough, and the listings do not make up for it; null where it is enough, or no base backup is
    /// known.
    /// </summary>
    public static UnknownRecoveryPoint? Doubt(ServerEvidence server, IReadOnlyList<BackupFacts> backups, ArchiveAssessment? archive) =>
        Base(backups) is { } newest ? Doubt(server, newest, archive) : null;

    static UnknownRecoveryPoint? Doubt(ServerEvidence server, BackupFacts newest, ArchiveAssessment? archive) =>
        archive?.IsConsistentWithServer(server) == true ? null : UnknownRecoveryPoint.Find(server, newest);

    static bool IsFromTool(BackupFacts backup) => backup.Source != SourceName.Server;

    // The tools' word alone: a good backup has the WAL it needs, and the archive reaches to the newest segment that was recorded.
    static Loss? ByArchivedWal(BackupFacts newest, BackupFacts? wal) =>
        wal is null ? null : ByTool(wal.Age < newest.Age ? wal.Age : newest.Age);

    // Later than the first hole nothing can be restored, whatever the server says. A listing that is whole ends with what was there then.
    static Loss? ByListing(ArchiveCoverage coverage, DateTimeOffset at) =>
        coverage.RecoverableUntil is { } until
            ? new(until < at ? at - until : TimeSpan.Zero, IsByServer: false)
            {
                IsByArchive = true,
                EndsAtHole = coverage.HasHole,
                IsLowerBound = coverage.UntilIsLatest,
            }
            : null;

    // Where all that the server says it archived was listed since, it is no longer its word alone.
    static Loss? ByServer(ServerEvidence server, BackupFacts newest, ArchiveAssessment? archive)
    {
        if (server.ArchiveMode == "off")
            return WithoutArchiving(server, newest);
        if (Doubt(server, newest, archive) is not null)
            return null;
        var loss = Smaller(ByArchive(server), ByReceiver(server));
        return archive?.ConfirmsServer(server) == true && loss is not null ? loss with { IsByServer = false, IsByArchive = true } : loss;
    }

    // Nothing but the backup itself is kept, unless somebody streams the WAL: then what is streamed counts. A backup that only the server
    // knows began while archive_mode was on: whether the WAL that it needs was archived or streamed is not known.
    static Loss? WithoutArchiving(ServerEvidence server, BackupFacts newest) =>
        !IsFromTool(newest)
            ? null
            : server.Wal switch
            {
                { Receiver: not null } => ByReceiver(server),
                { ReceiversAreVisible: true } when !newest.MayLackItsWal => ByTool(newest.Age),
                _ => null,
            };

    /// <summary>
    /// Last write minus "archived until", where the server's evidence is enough. A segment's .done file has the time of the .ready file
    /// before it, which is when the segment was complete; where the .done files are gone, the segments themselves and the statistics stand
    /// in.
    /// With archive_timeout a segment is never open for longer than that. That says nothing of files from before the server's start, which
    /// may have the times of a copy.
    /// </summary>
    static Loss? ByArchive(ServerEvidence server)
    {
        if (server.Wal is not { UnarchivedBytes: { } unarchived } wal || server.DiscardReason is not null || server.FutureTime is not null)
            return null;
        if (unarchived == 0)
            return ByServer(TimeSpan.Zero);

        var until = wal.NewestDone ?? wal.NewestBeforeUnarchived ?? new[] { server.Archiver.LastArchived, wal.OldestReadySegment }.Min();
        if (wal.ArchiveTimeout > TimeSpan.Zero && !(server.Started > wal.OldestReadySegment))
            until = new[] { until, (wal.OldestReadySegment ?? wal.LastWrite) - wal.ArchiveTimeout }.Max();
        var window = wal.LastWrite - until;
        // The last write may be a little older than the mark of the segment before it. If it is much older, the clock was set back.
        return window < -ClockTolerance.Max ? null : ByServer(window);
    }

    static Loss? ByReceiver(ServerEvidence server) =>
        server.Wal?.Receiver switch
        {
            { IsCurrent: true, Reply: { } reply } => ByServer(server.Now - reply),
            { NewestFlushed: { } flushed } => ByServer(server.Wal.LastWrite - flushed),
            _ => null,
        };

    static Loss? ByTool(TimeSpan? window) => window is { } known ? new(known, IsByServer: false) : null;

    static Loss? ByServer(TimeSpan? window) =>
        window is { } known ? new(known < TimeSpan.Zero ? TimeSpan.Zero : known, IsByServer: true) : null;

    static BackupFacts? Newest(IReadOnlyList<BackupFacts> backups, Func<BackupType, bool> isMeant)
    {
        BackupFacts? newest = null;
        foreach (var backup in backups)
        {
            if (backup is { LastSuccess: { } at } && isMeant(backup.Type) && !(newest?.LastSuccess >= at))
                newest = backup;
        }

        return newest;
    }

    static Loss? Smaller(Loss? a, Loss? b) => a is null || b?.Window < a.Window ? b ?? a : a;
}

/// <summary>How much work would be lost.</summary>
/// <param name="IsByServer">Whether the server's evidence is what it stands on; else it is what a tool knows to be stored.</param>
internal sealed record Loss(TimeSpan Window, bool IsByServer)
{
    /// <summary>It is the work since the newest dump began. Whether that dump holds all databases is not known.</summary>
    public bool IsByDump { get; init; }

    /// <summary>Whether it stands on the archive's own listing.</summary>
    public bool IsByArchive { get; init; }

    /// <summary>Something is missing in the archive.</summary>
    public bool EndsAtHole { get; init; }

    /// <summary>It counts from when the last segment was stored, which is a little after its end: at least so much is lost.</summary>
    public bool IsLowerBound { get; init; }
}
