using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Sources;

/// <summary>What the role of a session lacks, each with the SQL that gives it. Nothing more than is needed is asked for.</summary>
internal static class MissingRights
{
    public static IReadOnlyList<MissingRight> Of(Session session)
    {
        var missing = new List<MissingRight>();
        if (!HasMonitor(session))
        {
            missing.Add(new(
                "may not read pg_wal and the WAL receivers: no ready queue, WAL lag, base backup and recovery point",
                $"GRANT pg_monitor TO {session.Role};"));
        }

        if (!session.MayReadHistory && !session.InRecovery)
        {
            var grant = $"GRANT USAGE ON SCHEMA backup_metrics TO {session.Role}; "
                + $"GRANT EXECUTE ON FUNCTION backup_metrics.base_backup_history() TO {session.Role};";
            missing.Add(new(
                "may not read the label of the last base backup: its tool and duration are unknown",
                session.HasHistoryFunction ? grant : $"Run as a superuser: backup-metrics catalog init --server --connection ... --grant-reader {ForShell(session.Role)}"));
        }

        return missing;
    }

    /// <summary>The role's name, which the server has quoted for SQL where that is needed, as one word of a shell.</summary>
    static string ForShell(string role) => role.StartsWith('"')
        ? $"'{role[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal).Replace("'", "'\\''", StringComparison.Ordinal)}'"
        : role;

    /// <summary>pg_monitor, or the single rights in it that the job uses.</summary>
    public static bool HasMonitor(Session session) => session.MayListWal && session.MayReadStatistics;
}
