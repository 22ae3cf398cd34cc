namespace BackupMetricsJob.Probing;

/// <summary>What may be asked in a connection: the first answer of a server.</summary>
/// <param name="Role">The role that the connection runs as.</param>
/// <param name="MayListWal">It may read the directories of pg_wal.</param>
/// <param name="MayReadStatistics">It sees who streams WAL.</param>
/// <param name="HasHistoryFunction">backup_metrics.base_backup_history() is installed.</param>
/// <param name="MayReadHistory">And the role may call it.</param>
internal sealed record Session(
    DateTimeOffset Now,
    int VersionNumber,
    string Role,
    bool InRecovery,
    bool MayListWal,
    bool MayReadStatistics,
    bool HasHistoryFunction,
    bool MayReadHistory);
