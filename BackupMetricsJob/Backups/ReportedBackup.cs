namespace BackupMetricsJob.Backups;

/// <summary>The state of a backup.</summary>
internal enum BackupState
{
    Done,
    Failed,
    Running,
}

/// <summary>
/// One backup as a source reports it. A done backup has a finish time, a failed one a finish or start time. A running one may have neither.
/// </summary>
internal sealed record ReportedBackup(string Tool, BackupType Type, BackupState State)
{
    public DateTimeOffset? Started { get; init; }

    public DateTimeOffset? Finished { get; init; }

    public long? Size { get; init; }

    public long? Stored { get; init; }

    public bool? HasErrors { get; init; }

    /// <summary>Where the backup is stored. The tool's name for a backup is unique only within one storage.</summary>
    public string Storage { get; init; } = "";

    public string? Id { get; init; }

    /// <summary>The backup that this one cannot be restored without.</summary>
    public string? ParentId { get; init; }

    /// <summary>Whether the backup contains the WAL that it needs; null if unknown.</summary>
    public bool? HasItsWal { get; init; }

    public long? StartLsn { get; init; }

    /// <summary>The name of the WAL segment in which the backup starts.</summary>
    public string? StartSegment { get; init; }
}
