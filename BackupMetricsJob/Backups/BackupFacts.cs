namespace BackupMetricsJob.Backups;

/// <summary>What one source knows about one tool's backups of one type. Unknown facts are null, never zero.</summary>
internal sealed record BackupFacts(string Source, string Tool, BackupType Type)
{
    /// <summary>When the newest successful backup finished, by the source's clock.</summary>
    public DateTimeOffset? LastSuccess { get; init; }

    /// <summary>The age of that backup at the probe, by the clock that its time comes from; never negative.</summary>
    public TimeSpan? Age { get; init; }

    /// <summary>How long the newest successful backup took.</summary>
    public TimeSpan? LastDuration { get; init; }

    /// <summary>The uncompressed size of that backup in bytes.</summary>
    public long? LastSize { get; init; }

    /// <summary>The size in bytes that the backup takes up in its storage.</summary>
    public long? LastStored { get; init; }

    /// <summary>Whether the tool finished the backup but found errors in it.</summary>
    public bool? LastHasErrors { get; init; }

    /// <summary>The ratio of its size to the median size of the backups before it.</summary>
    public double? SizeRatio { get; init; }

    /// <summary>When the oldest backup that is still kept finished.</summary>
    public DateTimeOffset? Oldest { get; init; }

    /// <summary>When a backup last failed.</summary>
    public DateTimeOffset? LastFailure { get; init; }

    public BackupCounts? Counts { get; init; }

    /// <summary>The backup that has been running longest; null if none is running.</summary>
    public RunningBackup? Running { get; init; }

    /// <summary>
    /// How many of the newest backups cannot be restored because a backup that they depend on is gone. For incr and diff.
    /// </summary>
    public long? BrokenChains { get; init; }

    /// <summary>The start position of the newest backup in the WAL stream, in bytes.</summary>
    public long? StartLsn { get; init; }

    /// <summary>The name of the WAL segment in which the newest backup starts, if the source gives no LSN.</summary>
    public string? StartSegment { get; init; }

    /// <summary>The timeline on which the newest backup started; null if the source does not tell.</summary>
    public int? Timeline
    {
        get => field ?? SegmentName.Timeline(StartSegment);
        init => field = value > 0 ? value : null; // Timelines begin with 1, but a hand-written row may have any number.
    }

    /// <summary>
    /// For a logical backup: the only database that the newest backup contains. Null if it contains all, or if that is unknown.
    /// </summary>
    public string? Database { get; init; }

    /// <summary>
    /// The system identifier of the cluster that the newest backup belongs to, and its server_version_num; null if the tool does not tell.
    /// </summary>
    public ulong? SystemIdentifier { get; init; }

    public int? PgVersionNumber { get; init; }

    /// <summary>Whether the only date of the newest backup is its object's modification time. Then a copy of it looks new.</summary>
    public bool IsDatedByObject { get; init; }

    /// <summary>
    /// Whether the newest backup contains the WAL that it needs, so that it can be restored without an archive; null if unknown. The server
    /// cannot tell: Barman, which excludes the WAL, uses pg_basebackup's label.
    /// </summary>
    public bool? HasItsWal { get; init; }

    public bool CarriesItsWal => HasItsWal == true && Type.IsPhysical();

    /// <summary>
    /// Whether the backup may be useless without an archive: it was made without its WAL (pg_basebackup -X none), or nobody said how it was
    /// made.
    /// </summary>
    public bool MayLackItsWal => HasItsWal == false || (HasItsWal is null && Source != SourceName.Server && Tool == "pg_basebackup");

    /// <summary>Whether a WAL method includes the WAL: none, fetch or stream, as in pg_basebackup -X. Null for any other word.</summary>
    public static bool? HasWal(string? method) =>
        method switch
        {
            "fetch" or "stream" => true,
            "none" => false,
            _ => null,
        };

    /// <summary>For restore tests: the outcome of the last one; null if the source tells only its time.</summary>
    public RestoreTestFacts? LastTest { get; init; }

    /// <summary>The end position of the newest backup; for WAL: how far the archive reaches.</summary>
    public long? StopLsn { get; init; }
}

/// <summary>
/// How many backups are kept, by state. A waiting backup is copied, but its WAL has not arrived, so it cannot be restored.
/// </summary>
internal sealed record BackupCounts(long Done, long Failed, long Running, long Waiting = 0)
{
    public static BackupCounts operator +(BackupCounts a, BackupCounts b) =>
        new(a.Done + b.Done, a.Failed + b.Failed, a.Running + b.Running, a.Waiting + b.Waiting);
}

/// <summary>A backup that is running.</summary>
/// <param name="Longest">The longest duration of an earlier backup of its kind; null if there is none.</param>
internal sealed record RunningBackup(DateTimeOffset Since, TimeSpan? Longest)
{
    /// <summary>The completed fraction, from 0 to 1; null if the tool does not tell.</summary>
    public double? Complete { get; init; }
}
