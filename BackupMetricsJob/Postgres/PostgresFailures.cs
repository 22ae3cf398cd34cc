using BackupMetricsJob.Backups;
using Npgsql;

namespace BackupMetricsJob.Postgres;

/// <summary>
/// What an error that a PostgreSQL server, or the pooler before it, sent means to a probe, and what to do where more is known than its
/// class tells.
/// </summary>
internal static class PostgresFailures
{
    public static ProbeFailure From(PostgresException error)
    {
        var (reason, what) =
            error.SqlState == PostgresErrorCodes.ProtocolViolation && OfPooler(error.MessageText) is { } pooler
                ? pooler
                : OfSqlState(error);
        return new(reason, $"{PlainText.OnOneLine(error.MessageText)}{Detail(error)} (SQLSTATE {error.SqlState})") { Do = what };
    }

    // Classes of SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html
    static (FailureReason Reason, string? Do) OfSqlState(PostgresException error) =>
        error.SqlState switch
        {
            "42501" => (FailureReason.Privilege, null),
            "3D000" => (FailureReason.Database, null),

            // Only who logs in is told that with FATAL: the database takes no connections.
            "55000" when IsFatal(error) => (
                FailureReason.Database,
                "Name another database of the server (any will do), or ALTER DATABASE ... ALLOW_CONNECTIONS true."
            ),
            "57014" or "55P03" or "25P03" or "25P04" or "57P05" => (FailureReason.Timeout, null),
            "57P03" when HasNoHotStandby(error) => (
                FailureReason.Busy,
                "It is a standby that lets nobody in: set hot_standby = on there, or name its primary."
            ),
            "57P03" or "57P01" or "57P02" => (FailureReason.Busy, null),
            "53300" => (FailureReason.Busy, OfFull(error)),
            "53400" => (FailureReason.Sql, "Raise temp_file_limit for the role: ALTER ROLE ... SET temp_file_limit."),
            "53100" => (FailureReason.Busy, "The server's disk is full: make room on it."),
            "28000" when error.Routine == "InitializeSessionUserId" => (
                FailureReason.Auth,
                "Check the user of the connection, or create the role on that server: CREATE ROLE ... LOGIN; GRANT pg_monitor TO ...;"
            ),
            _ when Is(error, "28") => (FailureReason.Auth, null),
            _ when Is(error, "53") => (FailureReason.Busy, null),
            _ when Is(error, "08") => (FailureReason.Network, null),
            _ => (FailureReason.Sql, null),
        };

    // The function of the server that found it, which no language changes:
    // https://github.com/postgres/postgres/blob/master/src/backend/utils/init/
    static string? OfFull(PostgresException error) =>
        error.Routine switch
        {
            "InitializeSessionUserId" =>
                "All that the role's CONNECTION LIMIT allows are there: look at its sessions in pg_stat_activity, or ALTER ROLE ... "
                    + "CONNECTION LIMIT.",
            "CheckMyDatabase" =>
                "All that the database's CONNECTION LIMIT allows are there: name another database of the server (any will do), "
                    + "or ALTER DATABASE ... CONNECTION LIMIT.",
            _ => null,
        };

    /// <summary>PgBouncer has one SQLSTATE for all that it says itself, and says it in English. Null where it is not its own.</summary>
    static (FailureReason Reason, string? Do)? OfPooler(string said)
    {
        if (Has("SSL required"))
            return (FailureReason.Tls, "The pooler takes TLS only: set sslmode to require, or better verify-full.");
        if (Has("statement pooling mode"))
            return (
                FailureReason.Sql,
                "A probe is one transaction: give this database pool_mode transaction or session in the pooler, or connect past it."
            );
        if (Has("role \"") && Has("\" does not exist"))
            return (FailureReason.Auth, "Check the role that the pooler logs in as, in its [databases].");
        if (Has("no such database") || Has("\" does not exist") || Has("\" is disabled") || Has("does not allow connections"))
            return (FailureReason.Database, "Check the database's name, and [databases] of the pooler.");
        if (Has("unsupported startup parameter"))
            return (
                FailureReason.Sql,
                "Take options out of the connection, or name the parameter in the pooler's ignore_startup_parameters."
            );
        if (Has("_timeout") || Has("transaction timeout"))
            return (
                FailureReason.Timeout,
                "The pooler had no connection to the server in time: is the server down behind it, or is its pool used up (SHOW POOLS)?"
            );
        if (Has("authentication failed") || Has("no such user") || Has("auth failed"))
            return (FailureReason.Auth, null);
        if (Has("no more connections allowed"))
            return (FailureReason.Busy, "The pooler is full (max_client_conn).");
        if (Has("server login has been failing") || Has("cannot connect to server"))
            return (FailureReason.Refused, "The pooler cannot log in to the server behind it: its log says why.");
        return Has("bouncer ") ? (FailureReason.Sql, "Read the pooler's log.") : null;

        bool Has(string words) => said.Contains(words, StringComparison.Ordinal);
    }

    static string Detail(PostgresException error) => HasNoHotStandby(error) ? ": " + error.Detail!.TrimEnd('.') : "";

    static bool HasNoHotStandby(PostgresException error) =>
        error is { SqlState: "57P03", Detail: { } detail } && detail.Contains("Hot standby mode is disabled", StringComparison.Ordinal);

    static bool IsFatal(PostgresException error) => error.InvariantSeverity is "FATAL" or "PANIC";

    static bool Is(PostgresException error, string ofClass) => error.SqlState.StartsWith(ofClass, StringComparison.Ordinal);
}
