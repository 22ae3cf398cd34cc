namespace BackupMetricsJob.Backups;

/// <summary>A source that could not be read or is not credible. Other sources of the same database are not affected.</summary>
internal sealed record SourceFailure(string Source, ProbeFailure Failure);
