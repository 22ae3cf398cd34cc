namespace BackupMetricsJob.Backups;

/// <summary>What a source says of one repository or storage that a tool keeps backups in.</summary>
internal sealed record StorageFacts(string Source, string Tool, string Name)
{
    /// <summary>
    /// The newest good backup of each type in it. Empty if it has none, or if it is the tool's only storage and nobody asked for copies.
    /// </summary>
    public IReadOnlyList<StoredBackup> Newest { get; init; } = [];

    /// <summary>
    /// When the oldest full backup in it finished, of those that expire and begin no earlier than its WAL (<see cref="FirstSegment"/>).
    /// Null if there is none.
    /// </summary>
    public DateTimeOffset? OldestFull { get; init; }

    /// <summary>
    /// Whether it held good backups and has none now, while the tool has some in another storage. Null where the tool could not read it or
    /// has none at all, or the source does not know what there was before.
    /// </summary>
    public bool? IsEmptied { get; init; }

    /// <summary>What the tool said the last time, if it could not read the storage.</summary>
    public string? Error { get; init; }

    /// <summary>When the tool said that.</summary>
    public DateTimeOffset? ImportedAt { get; init; }

    /// <summary>The last time that the tool could read it.</summary>
    public DateTimeOffset? LastRead { get; init; }

    /// <summary>The oldest and the newest WAL segment in its archive, according to the tool.</summary>
    public string? FirstSegment { get; init; }

    public string? LastSegment { get; init; }
}

/// <summary>The newest good backup of one type in one storage.</summary>
internal sealed record StoredBackup(BackupType Type, DateTimeOffset Finished, TimeSpan Age)
{
    /// <summary>
    /// How many of the newest of this type cannot be restored from here, since what they build on is not here; for incr and diff.
    /// </summary>
    public long? BrokenChains { get; init; }

    /// <summary>Whether this one is among them.</summary>
    public bool IsBroken { get; init; }
}
