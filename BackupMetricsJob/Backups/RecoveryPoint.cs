namespace BackupMetricsJob.Backups;

/// <summary>
/// How much work would be lost if the server died now: the time from the newest restorable moment to the probe. It is an upper bound, null
/// if unknown, and never a guess.
/// </summary>
internal static class RecoveryPoint
{
    /// <summary>
    /// The loss window of a server with these <paramref name="backups"/>; null on a standby, without any backup, and if nothing shows how
    /// far the archive reaches. A dump is a recovery point of its own, as of its start, unless it contains only one database.
    /// </summary>
    /// <param name="server">Null if the server itself was not queried. Then only what the tools report counts.</param>
    /// <param name="archive">What the archive listings show; null if there are none.</param>
    /// <param name="at">The current time by the job's clock.</param>
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
    /// The base backup that WAL would be replayed on: the newest that a tool knows. If no tool knows any, the newest that the server saw
    /// stopped, which may not have been stored.
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
    /// The WAL that a restore would replay, from the start of the newest restorable backup (incremental ones included) to the archive's
    /// end. If no tool tells where its backup starts, the server's own base backup counts. Null without an archive, or if the archive ends
    /// before that backup.
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

    // If some chains are broken, no source tells whether the newest incremental backup belongs to one of them.
    static bool CanBeRestored(BackupFacts backup) =>
        backup.Type == BackupType.Full || (backup.BrokenChains == 0 && backup.StartLsn is not null);

    /// <summary>
    /// Why the server's evidence is insufficient and the listings do not make up for it; null if it is sufficient, or if no base backup is
    /// known.
    /// </summary>
    public static UnknownRecoveryPoint? Doubt(ServerEvidence server, IReadOnlyList<BackupFacts> backups, ArchiveAssessment? archive) =>
        Base(backups) is { } newest ? Doubt(server, newest, archive) : null;

    static UnknownRecoveryPoint? Doubt(ServerEvidence server, BackupFacts newest, ArchiveAssessment? archive) =>
        archive?.IsConsistentWithServer(server) == true ? null : UnknownRecoveryPoint.Find(server, newest);

    static bool IsFromTool(BackupFacts backup) => backup.Source != SourceName.Server;

    // Based on the tools alone: a successful backup has the WAL it needs, and the archive reaches to the newest recorded segment.
    static Loss? ByArchivedWal(BackupFacts newest, BackupFacts? wal) =>
        wal is null ? null : ByTool(wal.Age < newest.Age ? wal.Age : newest.Age);

    // Nothing after the first hole can be restored, whatever the server says. A listing without holes still ends with what the archive held
    // at that time.
    static Loss? ByListing(ArchiveCoverage coverage, DateTimeOffset at) =>
        coverage.RecoverableUntil is { } until
            ? new(until < at ? at - until : TimeSpan.Zero, IsByServer: false)
            {
                IsByArchive = true,
                EndsAtHole = coverage.HasHole,
                IsLowerBound = coverage.UntilIsLatest,
            }
            : null;

    // If everything that the server says it archived has since been listed, the result no longer depends on the server alone.
    static Loss? ByServer(ServerEvidence server, BackupFacts newest, ArchiveAssessment? archive)
    {
        if (server.ArchiveMode == "off")
            return WithoutArchiving(server, newest);
        if (Doubt(server, newest, archive) is not null)
            return null;
        var loss = Smaller(ByArchive(server), ByReceiver(server));
        return archive?.ConfirmsServer(server) == true && loss is not null ? loss with { IsByServer = false, IsByArchive = true } : loss;
    }

    // Only the backup itself is kept, unless a receiver streams the WAL; then the streamed WAL counts. A backup that only the server knows
    // began while archive_mode was on, so whether its WAL was archived or streamed is unknown.
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
    /// Last write minus "archived until", if the server's evidence is sufficient. A segment's .done file keeps the time of its .ready file,
    /// which is when the segment was complete. If the .done files are gone, the segments themselves and the statistics are used instead.
    /// With archive_timeout, a segment is never open longer than that setting. That does not hold for files from before the server's start,
    /// which may have the times of a copy.
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
        // The last write may be a little older than the .done file of the segment before it. If it is much older, the clock was set back.
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
/// <param name="IsByServer">Whether it is based on the server's evidence. Otherwise it is based on what a tool knows to be stored.</param>
internal sealed record Loss(TimeSpan Window, bool IsByServer)
{
    /// <summary>Whether it is the work since the newest dump began. Whether that dump contains all databases is unknown.</summary>
    public bool IsByDump { get; init; }

    /// <summary>Whether it is based on the archive's listing.</summary>
    public bool IsByArchive { get; init; }

    /// <summary>Whether WAL is missing in the archive.</summary>
    public bool EndsAtHole { get; init; }

    /// <summary>
    /// Whether it is a lower bound: it counts from when the last segment was stored, which is slightly after the segment's end.
    /// </summary>
    public bool IsLowerBound { get; init; }
}
