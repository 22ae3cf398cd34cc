namespace BackupMetricsJob.Backups;

/// <summary>
/// How much work would be lost if the server died now: the newest moment it could be restored to lies this long before the probe.
/// An upper bound, and null wherever it is not known; it is never a guess.
/// </summary>
internal static class RecoveryPoint
{
    /// <summary>
    /// The loss window of a server whose backups are <paramref name="backups"/>; null on a standby, where there is no backup, and where
    /// nothing tells how far the archive reaches. A dump is a recovery point of its own: its start.
    /// </summary>
    /// <param name="server">Null where the server itself was not asked: then only what the tools said counts.</param>
    public static TimeSpan? LossWindow(ServerEvidence? server, IReadOnlyList<BackupFacts> backups)
    {
        if (server is { InRecovery: true }) return null;
        var dump = Newest(backups, type => type == BackupType.Logical);
        var sinceDump = dump?.Age + dump?.LastDuration;
        if (Newest(backups, BackupTypeNames.IsPhysical) is not { } newest) return sinceDump;
        var byWal = server switch
        {
            null => ByArchivedWal(newest, Newest(backups, type => type == BackupType.Wal)),
            { ArchiveMode: "off" } => WithoutArchiving(server, newest),
            _ => Smaller(ByArchive(server, newest), ByReceiver(server)),
        };
        return byWal is null ? null : Smaller(byWal, sinceDump);
    }

    /// <summary>
    /// WAL that a restore would replay, from the newest full backup's start to the archive's end; by the server's own base backup where
    /// no tool tells where its full backup begins. Null where there is no archive, or where it ends before that backup.
    /// </summary>
    public static long? ReplayBytes(ServerEvidence? server, IReadOnlyList<BackupFacts> backups)
    {
        if (server is { ArchiveMode: "off" }) return null;
        var start = Newest(backups, type => type == BackupType.Full)?.StartLsn;
        var end = server is null ? Newest(backups, type => type == BackupType.Wal)?.StopLsn : server.Wal?.ArchiveEnd;
        return end >= start ? end - start : server?.Wal?.ReplayBytes;
    }

    // The tools' word alone: a good backup has the WAL it needs, and the archive reaches to the newest segment that was recorded.
    static TimeSpan? ByArchivedWal(BackupFacts newest, BackupFacts? wal) => wal is null ? null : Smaller(wal.Age, newest.Age);

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
    /// Where the statistics are gone, too, the first waiting segment was complete when it began to wait, but began nobody knows when: then
    /// only the base backup is sure. With archive_timeout a segment is never open for longer than that.
    /// </summary>
    static TimeSpan? ByArchive(ServerEvidence server, BackupFacts newest)
    {
        if (server.Wal is not { UnarchivedBytes: { } unarchived } wal) return null;
        if (unarchived == 0) return TimeSpan.Zero;

        var until = wal.NewestDone ?? wal.NewestBeforeUnarchived ?? Earlier(server.Archiver.LastArchived ?? newest.LastSuccess, wal.OldestReady);
        if (wal.ArchiveTimeout > TimeSpan.Zero) until = Later(until, (wal.OldestReady ?? wal.LastWrite) - wal.ArchiveTimeout);
        return AtLeastZero(wal.LastWrite - until);
    }

    static TimeSpan? ByReceiver(ServerEvidence server) => server.Wal?.Receiver switch
    {
        { IsCurrent: true } receiver => AtLeastZero(server.Now - receiver.Reply),
        { NewestFlushed: { } flushed } => AtLeastZero(server.Wal.LastWrite - flushed),
        _ => null,
    };

    static BackupFacts? Newest(IReadOnlyList<BackupFacts> backups, Func<BackupType, bool> isMeant)
    {
        BackupFacts? newest = null;
        foreach (var backup in backups)
        {
            if (backup is { LastSuccess: { } at } && isMeant(backup.Type) && !(newest?.LastSuccess >= at)) newest = backup;
        }

        return newest;
    }

    static TimeSpan? AtLeastZero(TimeSpan? span) => span < TimeSpan.Zero ? TimeSpan.Zero : span;

    static TimeSpan? Smaller(TimeSpan? a, TimeSpan? b) => a is null || b < a ? b ?? a : a;

    static DateTimeOffset? Earlier(DateTimeOffset? a, DateTimeOffset? b) => a is null || b < a ? b ?? a : a;

    static DateTimeOffset? Later(DateTimeOffset? a, DateTimeOffset? b) => a is null || b > a ? b ?? a : a;
}
