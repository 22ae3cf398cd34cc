namespace BackupMetricsJob.Backups;

/// <summary>A source that could not be read, or not believed: it takes the other sources of the same database with it in nothing.</summary>
internal sealed record SourceFailure(string Source, ProbeFailure Failure);
