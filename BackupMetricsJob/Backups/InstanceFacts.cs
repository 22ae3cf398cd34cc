namespace BackupMetricsJob.Backups;

/// <summary>Records of a tool's list that could not be read.</summary>
internal sealed record SkippedRecords(string Tool, long Count, string Reason);

/// <summary>What one source says of one instance, which need not be the one that was asked: a catalogue knows many.</summary>
/// <param name="Source">The source that speaks.</param>
/// <param name="Name">The instance it speaks of.</param>
internal sealed record InstanceFacts(string Source, string Name)
{
    public List<BackupFacts> Backups { get; } = [];

    /// <summary>What the listings of its WAL archives say; null where none was ever imported.</summary>
    public ArchiveEvidence? Archive { get; set; }

    /// <summary>The same, by repository or storage.</summary>
    public List<StorageFacts> Storages { get; } = [];

    /// <summary>Records that its list had, and that nobody could read: how many, of which tool, and why.</summary>
    public List<SkippedRecords> Skipped { get; } = [];

    /// <summary>Why what it says of this instance is not the whole truth; null where it is.</summary>
    public ProbeFailure? Failure { get; set; }
}
