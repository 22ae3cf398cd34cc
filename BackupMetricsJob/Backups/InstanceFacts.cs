namespace BackupMetricsJob.Backups;

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

    /// <summary>Why what it says of this instance is not the whole truth; null where it is.</summary>
    public ProbeFailure? Failure { get; set; }
}
