using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Sources;

/// <summary>What the role of a session lacks, each with the SQL that gives it. Nothing more than is needed is asked for.</summary>
internal static class MissingRights
{
    const int FirstWithInheritOption = 160000;

    /// <summary>What to do where a server will never allow it.</summary>
    public const string Accept =
        "if you cannot get it (a managed service), do without it: sources: [{server: {without: [wal]}}] in the file, or --without wal";

    /// <param name="session">The role, and what it may.</param>
    /// <param name="omissions">What the user does without: it is not missing.</param>
    public static IReadOnlyList<MissingRight> Find(Session session, Omissions omissions)
    {
        var missing = new List<MissingRight>();
        if (OfMonitor(session, omissions) is { } monitor)
            missing.Add(monitor);
        if (!session.MayReadHistory && !session.InRecovery && (omissions & Omissions.Label) == 0)
        {
            var grant =
                $"GRANT USAGE ON SCHEMA backup_metrics TO {session.Role}; "
                + $"GRANT EXECUTE ON FUNCTION backup_metrics.base_backup_history() TO {session.Role};";
            missing.Add(
                new(
                    session.HasHistoryFunction
                        ? "may not read the label of the last base backup: its tool and duration are unknown"
                        : "cannot read the label of the last base backup, since base_backup_history() is not installed: its tool and "
                            + "duration are unknown",
                    session.HasHistoryFunction ? grant : Install(session)
                )
                {
                    IsLabel = true,
                }
            );
        }

        return missing;
    }

    /// <summary>pg_monitor, or the single rights in it that the job uses; null where none is missing.</summary>
    public static MissingRight? OfMonitor(Session session, Omissions omissions)
    {
        if ((omissions & Omissions.Wal) != 0 || (session.MayReadWal && session.ReadStatistics.IsThere))
            return null;
        var functions = new List<string>();
        if (!session.ListWal.IsThere)
            functions.Add("pg_ls_waldir()");
        if (!session.ListStatus.IsThere)
            functions.Add("pg_ls_archive_statusdir()");
        var what =
            functions.Count == 0
                ? "may not see who streams WAL (pg_read_all_stats), and would miss a receiver such as pg_receivewal"
                : $"may not call {string.Join(" and ", functions)}: the ready queue, "
                    + $"WAL lag and recovery point are unknown{(session.ListWal.IsThere ? "" : ", and so is the base backup")}";
        return new(what, Grants(session));
    }

    /// <summary>The command that installs the function that reads labels, or replaces it.</summary>
    public static string Install(Session session) =>
        $"Run as a superuser: backup-metrics catalog init --server --connection ... --grant-reader {ForShell(session.Role)}";

    static string Grants(Session session)
    {
        var grants = new List<string>();
        if (IsOfRole(session.ListWal) || IsOfRole(session.ListStatus) || IsOfRole(session.ReadStatistics))
            grants.Add(Membership(session));
        if (IsTakenAway(session.ListWal))
            grants.Add($"GRANT EXECUTE ON FUNCTION pg_catalog.pg_ls_waldir() TO {session.Role};");
        if (IsTakenAway(session.ListStatus))
            grants.Add($"GRANT EXECUTE ON FUNCTION pg_catalog.pg_ls_archive_statusdir() TO {session.Role};");
        if (IsTakenAway(session.ReadStatistics))
            grants.Add($"GRANT pg_read_all_stats TO {session.Role};");
        if (IsTakenAway(session.ListWal) || IsTakenAway(session.ListStatus))
            grants.Add($"-- {Accept}");
        return string.Join(' ', grants);
    }

    // A member that does not inherit stays one: before PostgreSQL 16 that is the role's own setting, since then each membership's.
    static string Membership(Session session) =>
        session switch
        {
            { IsMemberOfMonitor: false, Inherits: true } => $"GRANT pg_monitor TO {session.Role};",
            { VersionNumber: >= FirstWithInheritOption } => $"GRANT pg_monitor TO {session.Role} WITH INHERIT TRUE;",
            { Inherits: true } => $"GRANT pg_monitor TO {session.Role};",
            { IsMemberOfMonitor: true } => $"ALTER ROLE {session.Role} INHERIT;",
            _ => $"GRANT pg_monitor TO {session.Role}; ALTER ROLE {session.Role} INHERIT;",
        };

    static bool IsOfRole(Right right) => right is { IsThere: false, IsInMonitor: true };

    static bool IsTakenAway(Right right) => right is { IsThere: false, IsInMonitor: false };

    /// <summary>The role's name, which the server has quoted for SQL where that is needed, as one word of a shell.</summary>
    static string ForShell(string role) =>
        ShellWord.Of(role.StartsWith('"') ? role[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : role);
}
