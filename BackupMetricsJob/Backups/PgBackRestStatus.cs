namespace BackupMetricsJob.Backups;

/// <summary>
/// The status codes of `pgbackrest info` (src/command/info/info.c). "ok" and "no valid backups" are answers; any other code of a repository
/// means that it could not be read. The stanza code "different across repos" adds nothing to the codes of its repositories.
/// </summary>
internal static class PgBackRestStatus
{
    const int Ok = 0;
    const int NoValidBackups = 2;
    const int DifferentAcrossRepos = 4;

    /// <summary>The codes of a repository that could be read.</summary>
    public static IReadOnlyList<long> Read { get; } = [Ok, NoValidBackups];

    public static bool IsRead(long code) => Read.Contains(code);

    /// <summary>Whether a stanza's code only refers to its repositories for what is wrong.</summary>
    public static bool IsLeftToRepositories(long code) => code == DifferentAcrossRepos;
}
