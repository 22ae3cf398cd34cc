namespace BackupMetricsJob.Backups;

/// <summary>Something that a person should know of a database, and what to do about it.</summary>
/// <param name="IsCritical">Data would be lost, or nobody knows; else it can wait for the morning.</param>
internal sealed record Finding(bool IsCritical, string What, string Do)
{
    const int Longest = 2000;

    // There are names of servers, tools and roles in it, which others chose.
    public string What { get; } = Words.OnOneLine(What, Longest);

    public string Do { get; } = Words.OnOneLine(Do, Longest);
}
