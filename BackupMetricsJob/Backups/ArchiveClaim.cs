namespace BackupMetricsJob.Backups;

/// <summary>How far the archive reaches, according to a server that archives. All times are by the job's clock.</summary>
/// <param name="Timeline">The timeline that the server writes.</param>
/// <param name="End">The number of the first segment that is not archived yet.</param>
/// <param name="LastArchived">When the server last archived a file.</param>
internal sealed record ArchiveClaim(long SegmentSize, long Timeline, long End, DateTimeOffset? LastArchived)
{
    /// <summary>Some of the segments on its timeline that the server marks as archived, each with the time it was completed.</summary>
    public IReadOnlyList<WalMark> Archived { get; init; } = [];

    /// <summary>The last event that may have kept files waiting: an archiving failure, the server's start or a statistics reset.</summary>
    public DateTimeOffset? Disturbed { get; init; }

    /// <summary>The longest that the last archived file can have waited.</summary>
    public TimeSpan? Delay { get; init; }

    /// <summary>Null if the server makes no claim.</summary>
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
    /// The number of the newest segment that the server had archived when a listing was made; null if unknown. A .done file says when a
    /// segment was completed, not when it was archived. So it counts only if nothing suggests that segments were waiting at the time.
    /// </summary>
    /// <param name="newestStored">When the newest segment in the listing was stored. A segment stored just before the listing may have
    /// waited.</param>
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

/// <summary>A segment that the server marks as archived.</summary>
/// <param name="Number">The segment's number on the timeline that the server writes.</param>
/// <param name="Complete">When the segment was completed.</param>
internal readonly record struct WalMark(long Number, DateTimeOffset Complete);
