namespace BackupMetricsJob.Backups;

/// <summary>A problem that a person should know about, and what to do about it.</summary>
/// <param name="IsCritical">Whether data is or may be lost. Anything else can wait until morning.</param>
internal sealed record Finding(bool IsCritical, string Summary, string Advice)
{
    const int Longest = 2000;

    // The text contains names of servers, tools and roles, which others chose.
    public string Summary { get; } = PlainText.OnOneLine(Summary, Longest);

    /// <summary>Whether it only says that the database or a source could not be queried, and nothing about the backups.</summary>
    public bool IsProbeFailure { get; init; }

    public string Advice { get; } = PlainText.OnOneLine(Advice, Longest);
}
