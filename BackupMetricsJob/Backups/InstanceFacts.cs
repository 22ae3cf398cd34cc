namespace BackupMetricsJob.Backups;

/// <summary>The number of unreadable records in a tool's list.</summary>
internal sealed record SkippedRecords(string Tool, long Count, string Reason);

/// <summary>What one source says about one instance. That need not be the instance that was queried: a catalogue knows many.</summary>
/// <param name="Source">The source of the facts.</param>
/// <param name="Name">The instance that the facts are about.</param>
internal sealed record InstanceFacts(string Source, string Name)
{
    public List<BackupFacts> Backups { get; } = [];

    /// <summary>What the listings of its WAL archives say; null if none was ever imported.</summary>
    public ArchiveEvidence? Archive { get; set; }

    /// <summary>The backups by repository or storage.</summary>
    public List<StorageFacts> Storages { get; } = [];

    /// <summary>The records in the tools' lists that could not be read: how many, of which tool, and why.</summary>
    public List<SkippedRecords> Skipped { get; } = [];

    /// <summary>Why the facts about this instance are incomplete; null if they are complete.</summary>
    public ProbeFailure? Failure { get; set; }
}
