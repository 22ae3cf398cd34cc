namespace BackupMetricsJob.Backups;

/// <summary>Something that a person should know of a database, and what to do about it.</summary>
/// <param name="IsCritical">Data would be lost, or may be. Anything else can wait until morning.</param>
internal sealed record Finding(bool IsCritical, string Summary, string Advice)
{
    const int Longest = 2000;

    // There are names of servers, tools and roles in it, which others chose.
    public string Summary { get; } = PlainText.OnOneLine(Summary, Longest);

    /// <summary>It says that the database or a source could not be asked, and nothing of how the backups stand.</summary>
    public bool IsProbeFailure { get; init; }

    public string Advice { get; } = PlainText.OnOneLine(Advice, Longest);
}
