using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Catalog;

/// <summary>The state of a backup, according to its tool.</summary>
internal enum BackupStatus
{
    Done,
    Failed,
    Running,

    /// <summary>Copied, but the WAL that it needs is not stored, so it cannot be restored.</summary>
    Waiting,
}

/// <summary>
/// One backup as a tool lists it: a row of backup_metrics.backup_catalog. Unknown values are null. The type is
/// <see cref="BackupType.Base"/> only while a backup runs and the tool does not tell its type.
/// </summary>
internal sealed record CatalogRow(string Server, string Tool, BackupType Type, string BackupId, BackupStatus Status)
{
    public const string DefaultStorage = "default";

    /// <summary>pgBackRest's repository or wal-g's storage name. A backup may be in several.</summary>
    public string Storage { get; init; } = DefaultStorage;

    public DateTimeOffset? Started { get; init; }

    /// <summary>When the backup finished; always set for a done backup.</summary>
    public DateTimeOffset? Finished { get; init; }

    /// <summary>
    /// Whether <see cref="Finished"/> is only the object's modification time. A copy of the object is newer than the backup.
    /// </summary>
    public bool TimeIsOfObject { get; init; }

    /// <summary>The uncompressed size of the backed-up data in bytes.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>The size in bytes that this backup takes up in its storage.</summary>
    public long? StoredBytes { get; init; }

    /// <summary>Whether the sizes can be compared with those of the tool's other backups of this kind.</summary>
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

    /// <summary>The database in a logical backup.</summary>
    public string? Database { get; init; }

    /// <summary>Whether the tool finished the backup but found errors in it (page checksums); null if the tool does not tell.</summary>
    public bool? HasErrors { get; init; }

    public string? Error { get; init; }

    /// <summary>The backup is kept at least until then; <see cref="DateTimeOffset.MaxValue"/> means for ever.</summary>
    public DateTimeOffset? KeepUntil { get; init; }

    /// <summary>The tool's output about this backup, as JSON.</summary>
    public string? Raw { get; init; }
}
