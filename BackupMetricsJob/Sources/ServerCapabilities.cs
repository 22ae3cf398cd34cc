using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Sources;

/// <summary>A privilege of the role, and whether pg_monitor has it: if pg_monitor lacks it, somebody revoked it.</summary>
internal readonly record struct Privilege(bool IsGranted, bool IsGrantedToPgMonitor);

/// <summary>What may be asked in a connection: the first answer of a server.</summary>
/// <param name="Role">The role that the connection runs as, quoted for SQL where that is needed.</param>
internal sealed record ServerCapabilities(DateTimeOffset Now, int VersionNumber, string Role, bool InRecovery)
{
    /// <summary>pg_ls_waldir().</summary>
    public required Privilege ListWal { get; init; }

    /// <summary>pg_ls_archive_statusdir().</summary>
    public required Privilege ListStatus { get; init; }

    /// <summary>pg_read_all_stats: it sees who streams WAL.</summary>
    public required Privilege ReadStatistics { get; init; }

    /// <summary>It is a member of pg_monitor, even if it does not inherit from it.</summary>
    public required bool IsMemberOfMonitor { get; init; }

    /// <summary>
    /// It inherits from the roles that it is a member of, where the membership itself (PostgreSQL 16) does not say otherwise.
    /// </summary>
    public required bool Inherits { get; init; }

    /// <summary>pg_control_system(): anybody may ask, unless somebody took that away.</summary>
    public bool MayReadControl { get; init; }

    /// <summary>backup_metrics.base_backup_history() is installed.</summary>
    public required bool HasHistoryFunction { get; init; }

    /// <summary>And the role may call it.</summary>
    public required bool MayReadHistory { get; init; }

    /// <summary>The database holds a catalogue, and the role may read it.</summary>
    public bool MayReadCatalog { get; init; }

    /// <summary>Whether it may read all directories of pg_wal.</summary>
    public bool MayReadWal => ListWal.IsGranted && ListStatus.IsGranted;

    /// <summary>pgMonitor's table, ready to stand in a query; null where there is none, or it was not looked for.</summary>
    public string? PgBackRestTable { get; init; }

    /// <summary>pgwatch's function about pgBackRest, likewise.</summary>
    public string? PgBackRestAge { get; init; }

    /// <summary>pgwatch's function about wal-g, likewise.</summary>
    public string? WalgAge { get; init; }

    /// <summary>Null where it is not encrypted, or that was not asked.</summary>
    public TlsInUse? Tls { get; init; }
}
