namespace BackupMetricsJob.Backups;

/// <summary>
/// How much work would be lost if the server died now: the newest moment it could be restored to lies this long before the probe.
/// An upper bound, and null wherever it is not known; it is never a guess.
/// </summary>
internal static class RecoveryPoint
{
    /// <summary>The loss window of a server whose base backups are <paramref name="backups"/>; null on a standby and where there is no backup.</summary>
    public static TimeSpan? LossWindow(ServerEvidence server, IReadOnlyList<BackupFacts> backups)
    {
        var newest = NewestPhysical(backups);
        if (newest is null || server.InRecovery) return null;
        return server.ArchiveMode == "off"
            ? WithoutArchiving(server, newest)
            : Smaller(ByArchive(server), ByReceiver(server));
    }

    // Nothing but the backup itself is kept, unless somebody streams the WAL: then what is streamed counts.
    static TimeSpan? WithoutArchiving(ServerEvidence server, BackupFacts newest) =>
        server.Wal switch
        {
            { Receiver: not null } => ByReceiver(server),
            { ReceiversAreVisible: true } => newest.Age,
            _ => null,
        };

    /// <summary>
    /// Last write minus "archived until". A segment's .done file has the time of the .ready file before it, which is when the
    /// segment was complete; where the .done files are gone, the segments themselves and the statistics stand in.
    /// With archive_timeout a segment is never open for longer than that.
    /// </summary>
    static TimeSpan? ByArchive(ServerEvidence server)
    {
        if (server.Wal is not { UnarchivedBytes: { } unarchived } wal) return null;
        if (unarchived == 0) return TimeSpan.Zero;

        var until = wal.NewestDone ?? wal.NewestBeforeUnarchived ?? Earlier(server.Archiver.LastArchived, wal.OldestReady);
        if (wal.ArchiveTimeout > TimeSpan.Zero) until = Later(until, (wal.OldestReady ?? wal.LastWrite) - wal.ArchiveTimeout);
        return AtLeastZero(wal.LastWrite - until);
    }

    static TimeSpan? ByReceiver(ServerEvidence server) => server.Wal?.Receiver switch
    {
        { IsCurrent: true } receiver => AtLeastZero(server.Now - receiver.Reply),
        { NewestFlushed: { } flushed } => AtLeastZero(server.Wal.LastWrite - flushed),
        _ => null,
    };

    static BackupFacts? NewestPhysical(IReadOnlyList<BackupFacts> backups)
    {
        BackupFacts? newest = null;
        foreach (var backup in backups)
        {
            if (backup is { LastSuccess: { } at } && backup.Type.IsPhysical() && !(newest?.LastSuccess >= at)) newest = backup;
        }

        return newest;
    }

    static TimeSpan? AtLeastZero(TimeSpan? span) => span < TimeSpan.Zero ? TimeSpan.Zero : span;

    static TimeSpan? Smaller(TimeSpan? a, TimeSpan? b) => a is null || b < a ? b ?? a : a;

    static DateTimeOffset? Earlier(DateTimeOffset? a, DateTimeOffset? b) => a is null || b < a ? b ?? a : a;

    static DateTimeOffset? Later(DateTimeOffset? a, DateTimeOffset? b) => a is null || b > a ? b ?? a : a;
}
