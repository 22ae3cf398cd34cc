namespace BackupMetricsJob.Backups;

/// <summary>How a backup stands.</summary>
internal enum BackupState
{
    Done,
    Failed,
    Running,
}

/// <summary>
/// One backup as a source reports it. A done one has finished; a failed one finished or started; of a running one nothing is sure.
/// </summary>
internal sealed record ReportedBackup(string Tool, BackupType Type, BackupState State)
{
    public DateTimeOffset? Started { get; init; }

    public DateTimeOffset? Finished { get; init; }

    public long? Size { get; init; }

    public long? Stored { get; init; }

    public bool? HasErrors { get; init; }

    /// <summary>Where it is stored: a name is the tool's own within one storage.</summary>
    public string Storage { get; init; } = "";

    public string? Id { get; init; }

    /// <summary>The backup that this one cannot be restored without.</summary>
    public string? ParentId { get; init; }

    /// <summary>Whether the WAL that it needs is in it; null where nobody says so.</summary>
    public bool? HasItsWal { get; init; }

    public long? StartLsn { get; init; }

    /// <summary>The WAL segment that it begins in, by name.</summary>
    public string? StartSegment { get; init; }
}
