namespace BackupMetricsJob.Backups;

/// <summary>What the listings of an instance's WAL archives say, and the backups that need that WAL.</summary>
/// <param name="Backups">The newest good ones of each tool and type, more of the full ones, and the oldest of these; those of which the
/// place in the WAL is not known are among them.</param>
internal sealed record ArchiveEvidence(IReadOnlyList<ArchiveListing> Listings, IReadOnlyList<ArchivedBackup> Backups);

/// <summary>What an archive held when it was listed.</summary>
/// <param name="Storage">Which archive of the server it is.</param>
internal sealed record ArchiveListing(string Storage)
{
    /// <summary>Null where no listing of it could ever be read.</summary>
    public DateTimeOffset? ListedAt { get; init; }

    /// <summary>When it was in the catalogue: nothing in it was stored after that.</summary>
    public DateTimeOffset? ImportedAt { get; init; }

    /// <summary>The segment that the server had archived last before the listing was made, by name; null where nobody asked it.</summary>
    public string? Archived { get; init; }

    /// <summary>Why the last import was refused, if it was: the rest is from an earlier one.</summary>
    public string? Error { get; init; }

    /// <summary>Null where the listing does not show it.</summary>
    public long? SegmentSize { get; init; }

    /// <summary>The whole segments.</summary>
    public IReadOnlyList<WalRange> Segments { get; init; } = [];

    /// <summary>The timelines whose history file is there.</summary>
    public IReadOnlyCollection<long> Histories { get; init; } = [];

    /// <summary>The unfinished last segments of timelines: the next timeline begins in the same segment.</summary>
    public IReadOnlyList<WalRange> Partials { get; init; } = [];

    /// <summary>
    /// The backup history files: each names the segment in which a base backup begins, and was stored when that was done.
    /// </summary>
    public IReadOnlyList<WalRange> BackupStarts { get; init; } = [];
}

/// <summary>Segments of a timeline that follow one another, by their <see cref="SegmentName.Place(string?)"/>.</summary>
/// <param name="StoredAt">When the last of them was stored; null where that is not known.</param>
internal sealed record WalRange(long Timeline, long First, long Last, DateTimeOffset? StoredAt);

/// <summary>A good backup, and the WAL that it needs to be consistent.</summary>
internal sealed record ArchivedBackup(string Source, string Tool, BackupType Type, DateTimeOffset Finished)
{
    public string Storage { get; init; } = "";

    /// <summary>The segment that it begins in, by name; null where only the position is known, or nothing.</summary>
    public string? StartSegment { get; init; }

    public string? StopSegment { get; init; }

    public long? StartLsn { get; init; }

    public long? StopLsn { get; init; }

    /// <summary>On which it began, where the name of its first segment does not say.</summary>
    public long? Timeline { get; init; }

    /// <summary>Whether it is one of the few newest of its tool and type; the others tell how far back a restore reaches.</summary>
    public bool IsOfNewest { get; init; } = true;

    /// <summary>Whether the WAL after it need not be kept.</summary>
    public bool IsKeptForEver { get; init; }

    /// <summary>Something that it builds on is gone.</summary>
    public bool IsBroken { get; init; }

    /// <summary>Whether the WAL that it needs is in itself.</summary>
    public bool CarriesItsWal { get; init; }
}
