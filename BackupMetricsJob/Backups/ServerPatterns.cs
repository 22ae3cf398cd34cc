namespace BackupMetricsJob.Backups;

/// <summary>Selects servers of a catalogue by name patterns. Each * stands for any text; nothing else is special.</summary>
internal sealed class ServerPatterns
{
    public ServerPatterns(IReadOnlyList<string> patterns)
    {
        Patterns = patterns;
        Listed = [.. patterns.Where(pattern => !IsGlob(pattern)).Distinct(StringComparer.Ordinal)];
    }

    public static ServerPatterns All { get; } = new(["*"]);

    public IReadOnlyList<string> Patterns { get; }

    /// <summary>The servers listed by name. They are known, and keep their limits, even if the catalogue does not answer.</summary>
    public IReadOnlyList<string> Listed { get; }

    /// <summary>Whether no pattern has a *, so that <see cref="Listed"/> is all there is.</summary>
    public bool AreNames => !Patterns.Any(IsGlob);

    static bool IsGlob(string pattern) => pattern.Contains('*', StringComparison.Ordinal);
}
