namespace BackupMetricsJob.Backups;

/// <summary>What a target is asked for, beside the names of its sources.</summary>
/// <param name="Servers">Which servers of a catalogue.</param>
/// <param name="Query">The text of the source query; null where it is no source.</param>
internal sealed record SourceSettings(ServerPatterns Servers, string? Query)
{
    /// <summary>Every server of a catalogue, and no query.</summary>
    public static SourceSettings Default { get; } = new(ServerPatterns.All, null);

    /// <summary>Slots or application names of WAL receivers that keep what they stream, although they report an apply position.</summary>
    public IReadOnlyList<string> Receivers { get; init; } = [];
}
