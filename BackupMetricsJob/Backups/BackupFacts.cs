namespace BackupMetricsJob.Backups;

/// <summary>What one source knows of one tool's backups of one type. What it does not know is null, never zero.</summary>
internal sealed record BackupFacts(string Source, string Tool, BackupType Type)
{
    /// <summary>When the newest good backup finished, as the source's clock wrote it.</summary>
    public DateTimeOffset? LastSuccess { get; init; }

    /// <summary>How old that backup was at the probe, by the clock that wrote the time; never negative.</summary>
    public TimeSpan? Age { get; init; }

    /// <summary>How long that backup took.</summary>
    public TimeSpan? LastDuration { get; init; }

    /// <summary>Bytes of what that backup holds, uncompressed.</summary>
    public long? LastSize { get; init; }

    /// <summary>Bytes that it takes where it is stored.</summary>
    public long? LastStored { get; init; }

    /// <summary>Whether the tool finished it but found errors in it.</summary>
    public bool? LastHasErrors { get; init; }

    /// <summary>Its size against the median of those before it.</summary>
    public double? SizeRatio { get; init; }

    /// <summary>When the oldest one that is kept finished.</summary>
    public DateTimeOffset? Oldest { get; init; }

    /// <summary>When one failed last.</summary>
    public DateTimeOffset? LastFailure { get; init; }

    public BackupCounts? Counts { get; init; }

    /// <summary>The one that has been running for longest; null where none runs.</summary>
    public RunningBackup? Running { get; init; }

    /// <summary>How many of the newest cannot be restored, since the backup that they build on is gone; for incr and diff.</summary>
    public long? BrokenChains { get; init; }

    /// <summary>Where the newest begins in the WAL stream, in bytes.</summary>
    public long? StartLsn { get; init; }

    /// <summary>The WAL segment that the newest begins in, by name, where the source says no more.</summary>
    public string? StartSegment { get; init; }

    /// <summary>The timeline that the newest began on; null where the source does not say.</summary>
    public int? Timeline
    {
        get => field ?? SegmentName.Timeline(StartSegment);
        init => field = value > 0 ? value : null; // They begin with 1; a row that was written by hand may have any.
    }

    /// <summary>Of a logical backup: the only database that the newest holds. Null where it holds all, or that is not known.</summary>
    public string? Database { get; init; }

    /// <summary>The cluster that the newest is of, and its server_version_num; null where the tool does not say.</summary>
    public ulong? SystemIdentifier { get; init; }

    public int? PgVersionNumber { get; init; }

    /// <summary>Whether the newest is dated by the time at which its object was stored alone: a copy of it looks new.</summary>
    public bool IsDatedByObject { get; init; }

    /// <summary>
    /// Whether the newest has the WAL that it needs, so that it can be restored without an archive; null where nobody said so. The
    /// server cannot see that: Barman, which excludes the WAL, has pg_basebackup's label.
    /// </summary>
    public bool? HasItsWal { get; init; }

    public bool CarriesItsWal => HasItsWal == true && Type.IsPhysical();

    /// <summary>
    /// Whether it may be of no use without an archive: made without its WAL (pg_basebackup -X none), or nobody said how.
    /// </summary>
    public bool MayLackItsWal => HasItsWal == false || (HasItsWal is null && Source != SourceName.Server && Tool == "pg_basebackup");

    /// <summary>By the method that included it: pg_basebackup's -X none, fetch or stream. Another word means nothing.</summary>
    public static bool? HasWal(string? method) =>
        method switch
        {
            "fetch" or "stream" => true,
            "none" => false,
            _ => null,
        };

    /// <summary>Of restore tests: how the last one went; null where the source does not say more than when.</summary>
    public RestoreTestFacts? LastTest { get; init; }

    /// <summary>Where it ends; of WAL: how far the archive reaches.</summary>
    public long? StopLsn { get; init; }
}

/// <summary>How many backups are kept, by state. One that waits is copied, but its WAL is not there: it cannot be restored.</summary>
internal sealed record BackupCounts(long Done, long Failed, long Running, long Waiting = 0)
{
    public static BackupCounts operator +(BackupCounts a, BackupCounts b) =>
        new(a.Done + b.Done, a.Failed + b.Failed, a.Running + b.Running, a.Waiting + b.Waiting);
}

/// <summary>A backup that is being made.</summary>
/// <param name="Longest">The longest that one of its kind took before it; null where none did.</param>
internal sealed record RunningBackup(DateTimeOffset Since, TimeSpan? Longest)
{
    /// <summary>How much of it is done, from 0 to 1; null where the tool does not say.</summary>
    public double? Complete { get; init; }
}
