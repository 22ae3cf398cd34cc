namespace BackupMetricsJob.Backups;

/// <summary>How far the archive reaches, according to a server that archives. Its times are by the job's clock.</summary>
/// <param name="Timeline">The one that it writes.</param>
/// <param name="End">The number of the first segment that is not archived.</param>
/// <param name="LastArchived">When it last archived a file.</param>
internal sealed record ArchiveClaim(long SegmentSize, long Timeline, long End, DateTimeOffset? LastArchived)
{
    /// <summary>Segments of its timeline that it marks as archived: some of them, each with when it was complete.</summary>
    public IReadOnlyList<WalMark> Archived { get; init; } = [];

    /// <summary>
    /// When something happened last before which files may have waited: archiving failed, the server started, its statistics began.
    /// </summary>
    public DateTimeOffset? Disturbed { get; init; }

    /// <summary>How long the file that was archived last had waited, at most.</summary>
    public TimeSpan? Delay { get; init; }

    /// <summary>Null where it claims nothing.</summary>
    /// <param name="clockOffset">The server's clock minus the job's.</param>
    public static ArchiveClaim? From(ServerEvidence? server, TimeSpan? clockOffset)
    {
        if (server is not { InRecovery: false, ArchiveMode: not "off", Wal: { Timeline: { } timeline, ArchiveEnd: { } end } wal })
            return null;
        var offset = clockOffset ?? TimeSpan.Zero;
        var archiver = server.Archiver;
        var lastArchived = server.FutureTime is null ? archiver.LastArchived - offset : null;
        return new(wal.SegmentSize, timeline, end / wal.SegmentSize, lastArchived)
        {
            Archived = [.. wal.Done.Select(mark => mark with { Complete = mark.Complete - offset })],
            Disturbed = new[] { archiver.LastFailed, archiver.Begin, server.Started }.Max() - offset,
            Delay = archiver.LastArchived - wal.NewestDone,
        };
    }

    /// <summary>
    /// The newest segment that it had archived when a listing was made, by its number; null where that is not known. A mark says when a
    /// segment was complete, not when it was archived. So it counts only where nothing shows that segments waited then.
    /// </summary>
    /// <param name="newestStored">When the newest segment of the listing was stored: one that came just before it may have waited.</param>
    public long? NewestAt(DateTimeOffset listedAt, DateTimeOffset? newestStored)
    {
        var since = listedAt - ClockTolerance.Max;
        if (LastArchived is null)
            return null;
        if (LastArchived <= since)
            return End - 1;
        if (Disturbed > since || newestStored > since || Delay > ClockTolerance.Max)
            return null;
        return Archived.Where(mark => mark.Complete <= since).Max(mark => (long?)mark.Number);
    }
}

/// <summary>A segment that a server marks as archived.</summary>
/// <param name="Number">Of the segment, on the timeline that the server writes.</param>
/// <param name="Complete">When it was complete.</param>
internal readonly record struct WalMark(long Number, DateTimeOffset Complete);
