using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;
using Npgsql;

namespace BackupMetricsJob.Sources.Server;

/// <summary>Explains why the server refused a query of the source "server", with the GRANT that helps, if any.</summary>
internal static class ServerRefusal
{
    /// <summary>Whether no further query is possible: the session or the time has ended.</summary>
    public static bool IsOfAll(PostgresException refused) =>
        refused is not { InvariantSeverity: "ERROR", SqlState: not ("57014" or "55P03") };

    public static ProbeFailure OfArchiver(PostgresException refused, string role)
    {
        var failure = ProbeFailures.From(refused)!;
        return failure with
        {
            Message = "the archiver's statistics cannot be read: " + failure.Message,
            Advice = MissingGrant.For(refused, role),
        };
    }

    public static ProbeFailure OfWal(PostgresException refused, string role)
    {
        var failure = ProbeFailures.From(refused)!;
        return failure with
        {
            Message = "pg_wal cannot be read: " + failure.Message,
            Advice = MissingGrant.For(refused, role) is { } grant
                ? $"{grant} -- {MissingPrivileges.Accept}"
                : $"Fix that on the server; {MissingPrivileges.Accept}.",
        };
    }
}
