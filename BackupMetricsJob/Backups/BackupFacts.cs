namespace BackupMetricsJob.Backups;

/// <summary>What one source knows of one tool's backups of one type. What it does not know is null, never zero.</summary>
internal sealed record BackupFacts(string Source, string Tool, BackupType Type)
{
    /// <summary>When the newest good backup finished, as the source's clock wrote it.</summary>
    public DateTimeOffset? LastSuccess { get; init; }

    /// <summary>How old that backup was at the probe, by the clock that wrote the time; never negative.</summary>
    public TimeSpan? Age { get; init; }

    /// <summary>How long that backup took.</summary>
    public TimeSpan? LastDuration { get; init; }
}
