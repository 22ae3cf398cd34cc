namespace BackupMetricsJob.Backups;

/// <summary>
/// How far a restore gets with what an archive held when it was listed. It starts from the newest restorable backup and follows the
/// timelines to the first missing segment. Pure. Nothing is concluded about anything newer than the listing.
/// </summary>
internal sealed record ArchiveCoverage(ArchiveListing Listing)
{
    /// <summary>Why the coverage is unknown; null if it is known.</summary>
    public string? UnknownReason { get; init; }

    /// <summary>The newest backup that can be restored; null if none of the compared backups can.</summary>
    public ArchivedBackup? Base { get; init; }

    /// <summary>
    /// How many segments are missing between that backup and the newest segment that is listed or known to have been archived before the
    /// listing.
    /// </summary>
    public long Missing { get; init; }

    /// <summary>The name of the first missing file: a segment, or a timeline's history file.</summary>
    public string? FirstMissing { get; init; }

    /// <summary>The last segment that a restore replays; null if it replays none.</summary>
    public string? LastReplayed { get; init; }

    /// <summary>
    /// When the last replayed segment was stored, or the backup finished, if that is later: how far a restore gets. Null if unknown.
    /// </summary>
    public DateTimeOffset? RecoverableUntil { get; init; }

    /// <summary>
    /// Whether <see cref="RecoverableUntil"/> is an upper bound. Otherwise it is a lower bound, because only the backup's end is known.
    /// </summary>
    public bool UntilIsLatest { get; init; }

    /// <summary>The timeline and the number of the last segment that a restore replays.</summary>
    public long Timeline { get; init; }

    public long End { get; init; }

    /// <summary>The number of the segment in which the backup starts.</summary>
    public long Start { get; init; }

    /// <summary>
    /// Whether the listing starts after the first needed segment. The WAL before that may be missing, or may just not be listed.
    /// </summary>
    public bool BeginsTooLate { get; init; }

    /// <summary>Set if the first missing segment is newer than all listed ones: how the job knows that the segment was archived.</summary>
    public string? EndsTooEarly { get; init; }

    /// <summary>
    /// A hole before that backup. A restore of an older backup ends at the hole, so no time between the hole and the newer backup can be
    /// restored. Null if no hole is known.
    /// </summary>
    public EarlierHole? Earlier { get; init; }

    /// <summary>For each source and tool whose backups could be checked, the time since when no WAL is missing.</summary>
    public IReadOnlyList<ArchiveWindow> Windows { get; init; } = [];

    /// <summary>The backups whose own WAL, from start to end, is incomplete.</summary>
    public IReadOnlyList<ArchivedBackup> WithoutWal { get; init; } = [];

    /// <summary>The backups whose own WAL, from start to end, is complete.</summary>
    public IReadOnlyList<ArchivedBackup> WithWal { get; init; } = [];

    /// <summary>Whether a restore ends before the newest segment, or cannot even start.</summary>
    public bool HasHole => UnknownReason is null && FirstMissing is not null;

    /// <param name="backups">The successful backups.</param>
    /// <param name="claim">What the server says about its archive; null if the server was not queried.</param>
    public static ArchiveCoverage Compute(ArchiveListing listing, IReadOnlyList<ArchivedBackup> backups, ArchiveClaim? claim)
    {
        if (listing.ListedAt is not { } listedAt)
            return new(listing) { UnknownReason = "no listing of it could ever be read" };
        var size = claim?.SegmentSize ?? listing.SegmentSize ?? SizeBy(backups) ?? SizeBy(listing);
        return new ArchiveGapSearch(listing, listedAt, new ArchivedSegments(listing, size), size, claim).Compute(
            InStorage(listing, backups)
        );
    }

    // A backup is restored from the archive of its own storage. If some backups are known to be in this storage, the others are left out.
    static List<ArchivedBackup> InStorage(ArchiveListing listing, IReadOnlyList<ArchivedBackup> backups)
    {
        var stored = backups.Where(backup => backup.Storage == listing.Storage).ToList();
        return [.. (stored.Count > 0 ? stored : backups).OrderByDescending(backup => backup.Finished)];
    }

    /// <summary>The segment size, derived from a backup whose start LSN and start segment name are both known.</summary>
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

    /// <summary>The segment size, derived from the segment numbers: with segments of 16 MB or more, no number exceeds 255.</summary>
    static long SizeBy(ArchiveListing listing)
    {
        var most = listing.Segments.Count == 0 ? 0 : listing.Segments.Max(range => range.Last & uint.MaxValue);
        var size = WalSegmentSize.Usual;
        while ((1L << 32) / size <= most && size > WalSegmentSize.Min)
            size >>= 1;
        return size;
    }
}

/// <summary>A hole in the WAL before the newest backup.</summary>
/// <param name="From">The newest backup before the hole.</param>
/// <param name="LastReplayed">The last segment that a restore of that backup replays; null if it replays none.</param>
internal sealed record EarlierHole(ArchivedBackup From, string FirstMissing, string? LastReplayed);

/// <summary>The time since when an archive has all WAL up to the end of the listing.</summary>
/// <param name="Start">When the oldest full backup with unbroken WAL finished; null if there is none.</param>
internal sealed record ArchiveWindow(string Source, string Tool, DateTimeOffset? Start)
{
    /// <summary>The name of the first file that older backups lack; null if there are no older backups.</summary>
    public string? Missing { get; init; }

    /// <summary>Whether that file is missing only because the listing starts later. Then nobody knows whether the archive has it.</summary>
    public bool BeginsBeforeListing { get; init; }
}
