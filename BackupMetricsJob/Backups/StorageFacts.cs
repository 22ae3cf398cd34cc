namespace BackupMetricsJob.Backups;

/// <summary>What a source says about one repository or storage in which a tool keeps backups.</summary>
internal sealed record StorageFacts(string Source, string Tool, string Name)
{
    /// <summary>
    /// The newest successful backup of each type in the storage. Empty if there is none, or if this is the tool's only storage and no
    /// number of copies is configured.
    /// </summary>
    public IReadOnlyList<StoredBackup> Newest { get; init; } = [];

    /// <summary>
    /// When the oldest full backup in the storage finished. Only backups count that expire and that start no earlier than the storage's WAL
    /// (<see cref="FirstSegment"/>). Null if there is none.
    /// </summary>
    public DateTimeOffset? OldestFull { get; init; }

    /// <summary>
    /// Whether the storage once held successful backups and has none now, while another storage of the tool has some. Null if the tool
    /// could not read it or has no backups at all, or if the source does not know what was there before.
    /// </summary>
    public bool? IsEmptied { get; init; }

    /// <summary>The tool's last error, if it could not read the storage.</summary>
    public string? Error { get; init; }

    /// <summary>When the tool last reported about the storage.</summary>
    public DateTimeOffset? ImportedAt { get; init; }

    /// <summary>When the tool could last read the storage.</summary>
    public DateTimeOffset? LastRead { get; init; }

    /// <summary>The oldest and the newest WAL segment in the storage's archive, according to the tool.</summary>
    public string? FirstSegment { get; init; }

    public string? LastSegment { get; init; }
}

/// <summary>The newest successful backup of one type in one storage.</summary>
internal sealed record StoredBackup(BackupType Type, DateTimeOffset Finished, TimeSpan Age)
{
    /// <summary>
    /// How many of the newest backups of this type cannot be restored from this storage because a backup that they depend on is not in it.
    /// For incr and diff.
    /// </summary>
    public long? BrokenChains { get; init; }

    /// <summary>Whether this backup is one of them.</summary>
    public bool IsBroken { get; init; }
}
