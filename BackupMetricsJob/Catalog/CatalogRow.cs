using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Catalog;

/// <summary>How a backup stands, according to its tool.</summary>
internal enum BackupStatus
{
    Done,
    Failed,
    Running,

    /// <summary>Copied, but the WAL that it needs is not stored: it cannot be restored.</summary>
    Waiting,
}

/// <summary>
/// One backup as a tool lists it: a row of backup_metrics.backup_catalog. What the tool does not say is null. The kind is
/// <see cref="BackupType.Base"/> only while a backup runs and the tool does not say of which kind it is.
/// </summary>
internal sealed record CatalogRow(string Server, string Tool, BackupType Type, string BackupId, BackupStatus Status)
{
    public const string DefaultStorage = "default";

    /// <summary>pgBackRest's repository, wal-g's storage name; a backup may be in several.</summary>
    public string Storage { get; init; } = DefaultStorage;

    public DateTimeOffset? Started { get; init; }

    /// <summary>When it finished; a done backup has one.</summary>
    public DateTimeOffset? Finished { get; init; }

    /// <summary>Whether that is only the time at which the object was stored: a copy of the object is newer than the backup.</summary>
    public bool TimeIsOfObject { get; init; }

    /// <summary>Bytes of what was backed up, uncompressed.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>Bytes that this one backup takes where it is stored.</summary>
    public long? StoredBytes { get; init; }

    /// <summary>Whether the sizes mean the same as those of the tool's other backups of this kind.</summary>
    public bool SizesAreComparable { get; init; } = true;

    /// <summary>The backup that this one cannot be restored without.</summary>
    public string? ParentId { get; init; }

    public ulong? StartLsn { get; init; }

    public ulong? StopLsn { get; init; }

    public string? StartWal { get; init; }

    public string? StopWal { get; init; }

    public int? Timeline { get; init; }

    /// <summary>server_version_num.</summary>
    public int? PgVersionNumber { get; init; }

    /// <summary>May exceed 2^63.</summary>
    public ulong? SystemIdentifier { get; init; }

    /// <summary>Which database a logical backup is of.</summary>
    public string? Database { get; init; }

    /// <summary>Whether the tool finished it but found errors in it (page checksums); null where it does not say.</summary>
    public bool? HasErrors { get; init; }

    public string? Error { get; init; }

    /// <summary>Kept until then at least; <see cref="DateTimeOffset.MaxValue"/> is for ever.</summary>
    public DateTimeOffset? KeepUntil { get; init; }

    /// <summary>What the tool printed of it, as JSON.</summary>
    public string? Raw { get; init; }
}
