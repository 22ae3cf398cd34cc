namespace BackupMetricsJob.Backups;

/// <summary>What the listings of an instance's WAL archives say, and the backups that need the WAL.</summary>
/// <param name="Backups">The newest successful backups of each tool and type, more of the full ones, and the oldest full backup. Backups
/// whose WAL position is unknown are included.</param>
internal sealed record ArchiveEvidence(IReadOnlyList<ArchiveListing> Listings, IReadOnlyList<ArchivedBackup> Backups);

/// <summary>What an archive held when it was listed.</summary>
/// <param name="Storage">The name of the archive, unique within the server.</param>
internal sealed record ArchiveListing(string Storage)
{
    /// <summary>Null if no listing of the archive could ever be read.</summary>
    public DateTimeOffset? ListedAt { get; init; }

    /// <summary>When the listing was imported into the catalogue. Nothing in the listing was stored later.</summary>
    public DateTimeOffset? ImportedAt { get; init; }

    /// <summary>
    /// The name of the last segment that the server had archived before the listing was made; null if the server was not queried.
    /// </summary>
    public string? Archived { get; init; }

    /// <summary>
    /// Why the last import was refused; null if it was not. If it was refused, everything else here is from an earlier import.
    /// </summary>
    public string? Error { get; init; }

    /// <summary>Null if the listing does not show the size.</summary>
    public long? SegmentSize { get; init; }

    /// <summary>The complete segments.</summary>
    public IReadOnlyList<WalRange> Segments { get; init; } = [];

    /// <summary>The timelines whose history file is in the archive.</summary>
    public IReadOnlyCollection<long> Histories { get; init; } = [];

    /// <summary>The partial last segments of timelines. The next timeline begins in the same segment.</summary>
    public IReadOnlyList<WalRange> Partials { get; init; } = [];

    /// <summary>
    /// The backup history files. Each names the segment in which a base backup starts, and was stored when the backup was done.
    /// </summary>
    public IReadOnlyList<WalRange> BackupStarts { get; init; } = [];
}

/// <summary>A range of consecutive segments on a timeline, by their <see cref="SegmentName.Place(string?)"/>.</summary>
/// <param name="StoredAt">When the last segment was stored; null if unknown.</param>
internal sealed record WalRange(long Timeline, long First, long Last, DateTimeOffset? StoredAt);

/// <summary>A successful backup, and the WAL that it needs to be consistent.</summary>
internal sealed record ArchivedBackup(string Source, string Tool, BackupType Type, DateTimeOffset Finished)
{
    public string Storage { get; init; } = "";

    /// <summary>The name of the segment in which the backup starts; null if unknown, or if only the LSN is known.</summary>
    public string? StartSegment { get; init; }

    public string? StopSegment { get; init; }

    public long? StartLsn { get; init; }

    public long? StopLsn { get; init; }

    /// <summary>The timeline on which the backup started, if the name of its first segment does not tell.</summary>
    public long? Timeline { get; init; }

    /// <summary>
    /// Whether it is one of the few newest backups of its tool and type. The others only tell how far back a restore reaches.
    /// </summary>
    public bool IsOfNewest { get; init; } = true;

    /// <summary>Whether the tool keeps this backup for ever, in which case it need not keep the WAL after it.</summary>
    public bool IsKeptForEver { get; init; }

    /// <summary>Whether a backup that this one depends on is gone.</summary>
    public bool IsBroken { get; init; }

    /// <summary>Whether the backup contains the WAL that it needs.</summary>
    public bool CarriesItsWal { get; init; }
}
