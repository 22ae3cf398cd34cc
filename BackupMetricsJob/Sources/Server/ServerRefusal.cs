using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;
using Npgsql;

namespace BackupMetricsJob.Sources.Server;

/// <summary>A query of the source "server" that the server refuses: what that means, and the GRANT that helps where it is one.</summary>
internal static class ServerRefusal
{
    /// <summary>Whether nothing more can be asked: the session is over, or the time is.</summary>
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
