using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Sources;

/// <summary>A privilege of the role, and whether pg_monitor has it. If pg_monitor lacks it, somebody revoked it.</summary>
internal readonly record struct Privilege(bool IsGranted, bool IsGrantedToPgMonitor);

/// <summary>What the connection's role may read: the first answer of a server.</summary>
/// <param name="Role">The role of the session, quoted for SQL if needed.</param>
internal sealed record ServerCapabilities(DateTimeOffset Now, int VersionNumber, string Role, bool InRecovery)
{
    /// <summary>pg_ls_waldir().</summary>
    public required Privilege ListWal { get; init; }

    /// <summary>pg_ls_archive_statusdir().</summary>
    public required Privilege ListStatus { get; init; }

    /// <summary>pg_read_all_stats, which shows who streams WAL.</summary>
    public required Privilege ReadStatistics { get; init; }

    /// <summary>Whether the role is a member of pg_monitor, even if it does not inherit from it.</summary>
    public required bool IsMemberOfMonitor { get; init; }

    /// <summary>
    /// Whether the role inherits from the roles that it is a member of, unless the membership itself (PostgreSQL 16) says otherwise.
    /// </summary>
    public required bool Inherits { get; init; }

    /// <summary>Whether the role may call pg_control_system(). Anybody may, unless somebody revoked that.</summary>
    public bool MayReadControl { get; init; }

    /// <summary>Whether backup_metrics.base_backup_history() is installed.</summary>
    public required bool HasHistoryFunction { get; init; }

    /// <summary>Whether the role may call that function.</summary>
    public required bool MayReadHistory { get; init; }

    /// <summary>Whether the database has a catalogue that the role may read.</summary>
    public bool MayReadCatalog { get; init; }

    /// <summary>Whether the role may read all directories of pg_wal.</summary>
    public bool MayReadWal => ListWal.IsGranted && ListStatus.IsGranted;

    /// <summary>The quoted name of pgMonitor's table; null if there is none, or if it was not looked up.</summary>
    public string? PgBackRestTable { get; init; }

    /// <summary>The quoted name of pgwatch's function for pgBackRest, likewise.</summary>
    public string? PgBackRestAge { get; init; }

    /// <summary>The quoted name of pgwatch's function for wal-g, likewise.</summary>
    public string? WalgAge { get; init; }

    /// <summary>Null if the connection is not encrypted, or if that was not queried.</summary>
    public TlsInUse? Tls { get; init; }
}
