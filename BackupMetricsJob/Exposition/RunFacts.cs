namespace BackupMetricsJob.Exposition;

/// <summary>The published facts about a run.</summary>
/// <param name="Started">The start, by the job's clock.</param>
/// <param name="Duration">The time until its metrics were written.</param>
/// <param name="Shards">The number of shards of the job.</param>
/// <param name="Interval">How often the job is meant to run; null if unknown.</param>
/// <param name="LegacyNames">Whether to publish the names of pghoard and the wal-g exporter, too.</param>
internal sealed record RunFacts(
    DateTimeOffset Started,
    TimeSpan Duration,
    int Shards,
    TimeSpan? Interval,
    BuildVersion Build,
    bool LegacyNames
)
{
    /// <summary>Whether the settings were reloaded successfully before this run; null if they are read only once.</summary>
    public bool? LastReloadSuccessful { get; init; }
}

/// <summary>Version and source revision of this program.</summary>
internal sealed record BuildVersion(string Version, string Revision)
{
    /// <summary>Parses "1.2.3+0123abc", the SDK's format. A missing revision is "unknown".</summary>
    public static BuildVersion Parse(string? informational)
    {
        var text = string.IsNullOrEmpty(informational) ? "0.0.0" : informational;
        var plus = text.IndexOf('+', StringComparison.Ordinal);
        return plus < 0 ? new(text, "unknown") : new(text[..plus], text[(plus + 1)..]);
    }
}
