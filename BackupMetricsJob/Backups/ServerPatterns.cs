namespace BackupMetricsJob.Backups;

/// <summary>Which servers of a catalogue are meant: names, in which each * stands for any text. Nothing else is special.</summary>
internal sealed class ServerPatterns
{
    public ServerPatterns(IReadOnlyList<string> patterns)
    {
        Patterns = patterns;
        Listed = [.. patterns.Where(pattern => !IsGlob(pattern)).Distinct(StringComparer.Ordinal)];
    }

    public static ServerPatterns All { get; } = new(["*"]);

    public IReadOnlyList<string> Patterns { get; }

    /// <summary>Servers that are listed by name: they are known of, and keep their limits, when the catalogue does not answer.</summary>
    public IReadOnlyList<string> Listed { get; }

    /// <summary>Whether no pattern has a *, so that <see cref="Listed"/> is all there is.</summary>
    public bool AreNames => !Patterns.Any(IsGlob);

    static bool IsGlob(string pattern) => pattern.Contains('*', StringComparison.Ordinal);
}
