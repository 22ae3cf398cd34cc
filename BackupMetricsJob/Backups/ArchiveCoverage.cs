namespace BackupMetricsJob.Backups;

/// <summary>
/// How far a restore comes with what an archive held when it was listed: from the newest backup that can be restored, through the
/// timelines, to the first segment that is not there. Pure. Nothing is concluded of what is newer than the listing.
/// </summary>
internal sealed record ArchiveCoverage(ArchiveListing Listing)
{
    /// <summary>Why nothing can be said; null where something is.</summary>
    public string? UnknownReason { get; init; }

    /// <summary>The newest backup that can be restored; null where none of those that the archive was compared with can.</summary>
    public ArchivedBackup? Base { get; init; }

    /// <summary>
    /// How many segments are missing from there to the newest one that is listed, or that is known to have been archived before that.
    /// </summary>
    public long Missing { get; init; }

    /// <summary>The first thing that is missing, by name: a segment, or the history file of a timeline.</summary>
    public string? FirstMissing { get; init; }

    /// <summary>The last segment that a restore replays; null where it replays none.</summary>
    public string? LastReplayed { get; init; }

    /// <summary>Up to when a restore comes, at the latest: when that segment was stored. Null where that is not known.</summary>
    public DateTimeOffset? RecoverableUntil { get; init; }

    /// <summary>Whether it comes no further; else it comes at least so far, since only the end of the backup is known.</summary>
    public bool UntilIsLatest { get; init; }

    /// <summary>The timeline and the number of the last segment that a restore replays.</summary>
    public long Timeline { get; init; }

    public long End { get; init; }

    /// <summary>The number of the segment in which the backup begins.</summary>
    public long Start { get; init; }

    /// <summary>The listing begins after the first segment that is needed: the WAL before may be missing, or was not listed.</summary>
    public bool BeginsTooLate { get; init; }

    /// <summary>Where the first segment that is missing is newer than all that are listed: how it is known that it was archived.</summary>
    public string? EndsTooEarly { get; init; }

    /// <summary>
    /// A hole before that backup: a restore of an older one ends there, so no moment from then until it can be restored. Null where none is
    /// known.
    /// </summary>
    public EarlierHole? Earlier { get; init; }

    /// <summary>From when on nothing is missing until the end, for each source and tool whose backups could be looked for.</summary>
    public IReadOnlyList<ArchiveWindow> Windows { get; init; } = [];

    /// <summary>The backups whose own WAL, between their start and their end, is not whole.</summary>
    public IReadOnlyList<ArchivedBackup> WithoutWal { get; init; } = [];

    /// <summary>Those whose is.</summary>
    public IReadOnlyList<ArchivedBackup> WithWal { get; init; } = [];

    /// <summary>A restore ends before the newest segment, or cannot even begin.</summary>
    public bool HasHole => UnknownReason is null && FirstMissing is not null;

    /// <param name="backups">The good ones.</param>
    /// <param name="claim">What the server says of its archive; null where it was not asked.</param>
    public static ArchiveCoverage Compute(ArchiveListing listing, IReadOnlyList<ArchivedBackup> backups, ArchiveClaim? claim)
    {
        if (listing.ListedAt is not { } listedAt)
            return new(listing) { UnknownReason = "no listing of it could ever be read" };
        var size = claim?.SegmentSize ?? listing.SegmentSize ?? SizeBy(backups) ?? SizeBy(listing);
        return new ArchiveGapSearch(listing, listedAt, new ArchivedSegments(listing, size), size, claim).Compute(
            InStorage(listing, backups)
        );
    }

    // Where the backups of this storage are known by its name, those of others are not: each is restored from its own.
    static List<ArchivedBackup> InStorage(ArchiveListing listing, IReadOnlyList<ArchivedBackup> backups)
    {
        var stored = backups.Where(backup => backup.Storage == listing.Storage).ToList();
        return [.. (stored.Count > 0 ? stored : backups).OrderByDescending(backup => backup.Finished)];
    }

    /// <summary>By a backup of which both the position and the name of its first segment are known.</summary>
    static long? SizeBy(IReadOnlyList<ArchivedBackup> backups)
    {
        foreach (var backup in backups)
        {
            if (SegmentName.Place(backup.StartSegment) is not { } place || (place & uint.MaxValue) == 0 || backup.StartLsn is not { } lsn)
                continue;
            for (var size = WalSegmentSize.Min; size <= WalSegmentSize.Max; size <<= 1)
            {
                if (SegmentName.Place(lsn, size) == place)
                    return size;
            }
        }

        return null;
    }

    /// <summary>A number above 255 does not exist where segments have 16 MB or more.</summary>
    static long SizeBy(ArchiveListing listing)
    {
        var most = listing.Segments.Count == 0 ? 0 : listing.Segments.Max(range => range.Last & uint.MaxValue);
        var size = WalSegmentSize.Usual;
        while ((1L << 32) / size <= most && size > WalSegmentSize.Min)
            size >>= 1;
        return size;
    }
}

/// <summary>A hole that the newest backup lies behind.</summary>
/// <param name="From">The newest of the backups before it.</param>
/// <param name="LastReplayed">Where a restore of that one ends; null where it replays nothing.</param>
internal sealed record EarlierHole(ArchivedBackup From, string FirstMissing, string? LastReplayed);

/// <summary>From when on an archive has all WAL until the end of the listing.</summary>
/// <param name="Start">When the oldest full backup finished from which that is so; null where it is so of none.</param>
internal sealed record ArchiveWindow(string Source, string Tool, DateTimeOffset? Start)
{
    /// <summary>What the backups before it lack, by name; null where there are none.</summary>
    public string? Missing { get; init; }

    /// <summary>Whether they lack it since the listing begins later: nobody knows whether the archive has it.</summary>
    public bool BeginsBeforeListing { get; init; }
}
