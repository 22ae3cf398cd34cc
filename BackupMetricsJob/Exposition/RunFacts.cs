namespace BackupMetricsJob.Exposition;

/// <summary>What is published about the run itself.</summary>
/// <param name="Started">When it started, by the job's clock.</param>
/// <param name="Duration">How long it took until its metrics were written.</param>
/// <param name="Shards">How many shards the job has.</param>
/// <param name="Interval">How often it is meant to run; null where nobody said.</param>
/// <param name="LegacyNames">Whether pghoard's and the wal-g exporter's own names are published too.</param>
internal sealed record RunFacts(
    DateTimeOffset Started,
    TimeSpan Duration,
    int Shards,
    TimeSpan? Interval,
    BuildVersion Build,
    bool LegacyNames
)
{
    /// <summary>Whether the settings could be read again before this run; null where they are read once.</summary>
    public bool? LastReloadSuccessful { get; init; }
}

/// <summary>Version and source revision of this program.</summary>
internal sealed record BuildVersion(string Version, string Revision)
{
    /// <summary>From "1.2.3+0123abc", which is what the SDK writes into an assembly; an unknown revision is "unknown".</summary>
    public static BuildVersion Parse(string? informational)
    {
        var text = string.IsNullOrEmpty(informational) ? "0.0.0" : informational;
        var plus = text.IndexOf('+', StringComparison.Ordinal);
        return plus < 0 ? new(text, "unknown") : new(text[..plus], text[(plus + 1)..]);
    }
}
