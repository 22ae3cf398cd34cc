using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Catalog;

/// <summary>How a backup stands, by the word of its tool.</summary>
internal enum BackupStatus
{
    Done,
    Failed,
    Running,
}

/// <summary>
/// One backup as a tool lists it: a row of backup_metrics.backup_catalog. What the tool does not say is null. The kind is never
/// <see cref="BackupType.Base"/>: a tool knows what it made.
/// </summary>
internal sealed record CatalogRow(string Server, string Tool, BackupType Kind, string BackupId, BackupStatus Status)
{
    /// <summary>pgBackRest's repository, wal-g's storage name; a backup may be in several.</summary>
    public string Storage { get; init; } = "default";

    public DateTimeOffset? Started { get; init; }

    /// <summary>When it finished; a done backup has one.</summary>
    public DateTimeOffset? Finished { get; init; }

    /// <summary>Bytes of what was backed up, uncompressed.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>Bytes that this one backup takes where it is stored.</summary>
    public long? StoredBytes { get; init; }

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

    /// <summary>Finished, but the tool found errors in it (page checksums).</summary>
    public bool HasErrors { get; init; }

    public string? Error { get; init; }

    /// <summary>Kept until then at least; <see cref="DateTimeOffset.MaxValue"/> is for ever.</summary>
    public DateTimeOffset? KeepUntil { get; init; }

    /// <summary>What the tool printed of it, as JSON.</summary>
    public string? Raw { get; init; }
}
