namespace BackupMetricsJob.Backups;

/// <summary>
/// What the codes of `pgbackrest info` mean (src/command/info/info.c): "ok" and "no valid backups" are answers, any other code of a
/// repository says that it could not be read. "Different across repos" of a stanza says no more than its repositories do.
/// </summary>
internal static class PgBackRestStatus
{
    const int Ok = 0;
    const int NoValidBackups = 2;
    const int DifferentAcrossRepos = 4;

    /// <summary>The codes of a repository that could be read.</summary>
    public static IReadOnlyList<long> Read { get; } = [Ok, NoValidBackups];

    public static bool IsRead(long code) => Read.Contains(code);

    /// <summary>Whether the code of a stanza leaves it to its repositories to say what is wrong.</summary>
    public static bool IsLeftToRepositories(long code) => code == DifferentAcrossRepos;
}
