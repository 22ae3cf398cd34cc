using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Sources;

/// <summary>
/// The privileges that the session's role lacks, each with the SQL that grants it. Only necessary privileges are asked for.
/// </summary>
internal static class MissingPrivileges
{
    const int FirstWithInheritOption = 160000;

    /// <summary>What to do if a server will never grant the privilege.</summary>
    public const string Accept =
        "if you cannot get it (a managed service), do without it: sources: [{server: {without: [wal]}}] in the file, or --without wal";

    /// <param name="capabilities">The role and its privileges.</param>
    /// <param name="omissions">What the user opted out of. It is not reported as missing.</param>
    public static IReadOnlyList<MissingPrivilege> Find(ServerCapabilities capabilities, Omissions omissions)
    {
        var missing = new List<MissingPrivilege>();
        if (OfMonitor(capabilities, omissions) is { } monitor)
            missing.Add(monitor);
        if (!capabilities.MayReadHistory && !capabilities.InRecovery && !omissions.HasFlag(Omissions.Label))
        {
            var grant =
                $"GRANT USAGE ON SCHEMA backup_metrics TO {capabilities.Role}; "
                + $"GRANT EXECUTE ON FUNCTION backup_metrics.base_backup_history() TO {capabilities.Role};";
            missing.Add(
                new(
                    capabilities.HasHistoryFunction
                        ? "may not read the label of the last base backup: its tool and duration are unknown"
                        : "cannot read the label of the last base backup, since base_backup_history() is not installed: its tool and "
                            + "duration are unknown",
                    capabilities.HasHistoryFunction ? grant : Install(capabilities)
                )
                {
                    IsLabel = true,
                }
            );
        }

        return missing;
    }

    /// <summary>pg_monitor, or the individual privileges of it that the job uses; null if none is missing.</summary>
    public static MissingPrivilege? OfMonitor(ServerCapabilities capabilities, Omissions omissions)
    {
        if (omissions.HasFlag(Omissions.Wal) || (capabilities.MayReadWal && capabilities.ReadStatistics.IsGranted))
            return null;
        var functions = new List<string>();
        if (!capabilities.ListWal.IsGranted)
            functions.Add("pg_ls_waldir()");
        if (!capabilities.ListStatus.IsGranted)
            functions.Add("pg_ls_archive_statusdir()");
        var what =
            functions.Count == 0
                ? "may not see who streams WAL (pg_read_all_stats), and would miss a receiver such as pg_receivewal"
                : $"may not call {string.Join(" and ", functions)}: the ready queue, "
                    + $"WAL lag and recovery point are unknown{(capabilities.ListWal.IsGranted ? "" : ", and so is the base backup")}";
        return new(what, Grants(capabilities));
    }

    /// <summary>The command that installs or replaces the function that reads labels.</summary>
    public static string Install(ServerCapabilities capabilities) =>
        $"Run as a superuser: backup-metrics catalog init --server --connection ... --grant-reader {ForShell(capabilities.Role)}";

    static string Grants(ServerCapabilities capabilities)
    {
        var grants = new List<string>();
        if (IsOfRole(capabilities.ListWal) || IsOfRole(capabilities.ListStatus) || IsOfRole(capabilities.ReadStatistics))
            grants.Add(Membership(capabilities));
        if (IsTakenAway(capabilities.ListWal))
            grants.Add($"GRANT EXECUTE ON FUNCTION pg_catalog.pg_ls_waldir() TO {capabilities.Role};");
        if (IsTakenAway(capabilities.ListStatus))
            grants.Add($"GRANT EXECUTE ON FUNCTION pg_catalog.pg_ls_archive_statusdir() TO {capabilities.Role};");
        if (IsTakenAway(capabilities.ReadStatistics))
            grants.Add($"GRANT pg_read_all_stats TO {capabilities.Role};");
        if (IsTakenAway(capabilities.ListWal) || IsTakenAway(capabilities.ListStatus))
            grants.Add($"-- {Accept}");
        return string.Join(' ', grants);
    }

    // A member that does not inherit needs INHERIT, not membership. Before PostgreSQL 16 that is a setting of the role, since then of each
    // membership.
    static string Membership(ServerCapabilities capabilities) =>
        capabilities switch
        {
            { IsMemberOfMonitor: false, Inherits: true } => $"GRANT pg_monitor TO {capabilities.Role};",
            { VersionNumber: >= FirstWithInheritOption } => $"GRANT pg_monitor TO {capabilities.Role} WITH INHERIT TRUE;",
            { Inherits: true } => $"GRANT pg_monitor TO {capabilities.Role};",
            { IsMemberOfMonitor: true } => $"ALTER ROLE {capabilities.Role} INHERIT;",
            _ => $"GRANT pg_monitor TO {capabilities.Role}; ALTER ROLE {capabilities.Role} INHERIT;",
        };

    static bool IsOfRole(Privilege privilege) => privilege is { IsGranted: false, IsGrantedToPgMonitor: true };

    static bool IsTakenAway(Privilege privilege) => privilege is { IsGranted: false, IsGrantedToPgMonitor: false };

    /// <summary>The role's name as one word of a shell. The server has quoted it for SQL if needed.</summary>
    static string ForShell(string role) =>
        ShellWord.Of(role.StartsWith('"') ? role[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : role);
}
