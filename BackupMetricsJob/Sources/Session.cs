using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Sources;

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
    bool MayReadHistory)
{
    /// <summary>pgMonitor's table, ready to stand in a query; null where there is none, or it was not looked for.</summary>
    public string? PgBackRestTable { get; init; }

    /// <summary>pgwatch's function about pgBackRest, likewise.</summary>
    public string? PgBackRestAge { get; init; }

    /// <summary>pgwatch's function about wal-g, likewise.</summary>
    public string? WalgAge { get; init; }

    /// <summary>Null where it is not encrypted, or that was not asked.</summary>
    public TlsInUse? Tls { get; init; }
}
