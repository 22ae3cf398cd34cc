using BackupMetricsJob.Backups;
using Npgsql;

namespace BackupMetricsJob.Postgres;

/// <summary>
/// Classifies errors sent by a PostgreSQL server or by a pooler in front of it, with advice where more is known than the SQLSTATE class.
/// </summary>
internal static class PostgresFailures
{
    public static ProbeFailure From(PostgresException error)
    {
        var (reason, what) = IsFromPooler(error) && OfPooler(error.MessageText) is { } pooler ? pooler : OfSqlState(error);
        return new(reason, $"{PlainText.OnOneLine(error.MessageText)}{Detail(error)} (SQLSTATE {error.SqlState})") { Advice = what };
    }

    // SQLSTATE classes: https://www.postgresql.org/docs/current/errcodes-appendix.html
    static (FailureReason Reason, string? Do) OfSqlState(PostgresException error) =>
        error.SqlState switch
        {
            "42501" => (FailureReason.Privilege, null),
            "3D000" => (FailureReason.Database, null),

            // At login only, with FATAL: the database does not accept connections.
            "55000" when IsFatal(error) => (
                FailureReason.Database,
                "Connect to another database of the server (any will do), or run ALTER DATABASE ... ALLOW_CONNECTIONS true."
            ),
            "57014" or "55P03" or "25P03" or "25P04" or "57P05" => (FailureReason.Timeout, null),
            "57P03" when HasNoHotStandby(error) => (
                FailureReason.Busy,
                "This standby accepts no connections: set hot_standby = on there, or connect to its primary."
            ),
            "57P03" or "57P01" or "57P02" => (FailureReason.Busy, null),
            "53300" => (FailureReason.Busy, OfFull(error)),
            "53400" => (FailureReason.Sql, "Raise temp_file_limit for the role: ALTER ROLE ... SET temp_file_limit."),
            "53100" => (FailureReason.Busy, "Free space on the server's disk."),
            "28000" when error.Routine == "InitializeSessionUserId" => (
                FailureReason.Auth,
                "Check the user of the connection, or create the role on that server: CREATE ROLE ... LOGIN; GRANT pg_monitor TO ...;"
            ),
            _ when Is(error, "28") => (FailureReason.Auth, null),
            _ when Is(error, "53") => (FailureReason.Busy, null),
            _ when Is(error, "08") => (FailureReason.Network, null),
            _ => (FailureReason.Sql, null),
        };

    // The reporting function in the server does not depend on the language:
    // https://github.com/postgres/postgres/blob/master/src/backend/utils/init/
    static string? OfFull(PostgresException error) =>
        error.Routine switch
        {
            "InitializeSessionUserId" =>
                "The role has reached its CONNECTION LIMIT: check its sessions in pg_stat_activity, or raise it with ALTER ROLE ... "
                    + "CONNECTION LIMIT.",
            "CheckMyDatabase" => "The database has reached its CONNECTION LIMIT: connect to another database of the server (any will do), "
                + "or raise it with ALTER DATABASE ... CONNECTION LIMIT.",
            _ => null,
        };

    // PgBouncer has one SQLSTATE for its own errors. Since 1.21 it repeats what a server refused at login with the server's, but never the
    // routine that a server names in each error: https://github.com/pgbouncer/pgbouncer/blob/master/src/proto.c
    static bool IsFromPooler(PostgresException error) =>
        error.SqlState == PostgresErrorCodes.ProtocolViolation || (error is { Routine: null, SqlState: "28000" or "3D000" });

    /// <summary>By PgBouncer's words, which are English. Null if the error is not PgBouncer's.</summary>
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
            return (FailureReason.Database, "Check the database name and the section [databases] of the pooler's configuration.");
        if (Has("unsupported startup parameter"))
            return (
                FailureReason.Sql,
                "Remove options from the connection, or add the parameter to the pooler's ignore_startup_parameters."
            );
        if (Has("_timeout") || Has("transaction timeout"))
            return (
                FailureReason.Timeout,
                "The pooler got no server connection in time: check that the server is up and "
                    + "that the pool has free connections (SHOW POOLS)."
            );
        if (Has("authentication failed") || Has("no such user") || Has("auth failed"))
            return (FailureReason.Auth, null);
        if (Has("no more connections allowed"))
            return (FailureReason.Busy, "The pooler has reached max_client_conn: raise it, or reduce the number of clients.");
        if (Has("server login has been failing") || Has("cannot connect to server"))
            return (FailureReason.Refused, "The pooler cannot log in to the server: read the pooler's log.");
        return Has("bouncer ") ? (FailureReason.Sql, "Read the pooler's log.") : null;

        bool Has(string words) => said.Contains(words, StringComparison.Ordinal);
    }

    static string Detail(PostgresException error) => HasNoHotStandby(error) ? ": " + error.Detail!.TrimEnd('.') : "";

    static bool HasNoHotStandby(PostgresException error) =>
        error is { SqlState: "57P03", Detail: { } detail } && detail.Contains("Hot standby mode is disabled", StringComparison.Ordinal);

    static bool IsFatal(PostgresException error) => error.InvariantSeverity is "FATAL" or "PANIC";

    static bool Is(PostgresException error, string ofClass) => error.SqlState.StartsWith(ofClass, StringComparison.Ordinal);
}
