using System.Globalization;
using BackupMetricsJob.Postgres;
using Npgsql;

namespace BackupMetricsJob.Sources;

/// <summary>
/// The first round trip: opens the read-only transaction for the whole probe, with its time limits, and queries what the role may do. The
/// limits are set for the transaction only, so they hold behind a pooler and do not outlast the probe. JIT is off, because it would take
/// longer than all our queries.
/// </summary>
/// <remarks>
/// Until search_path is set, the database owner decides what an unqualified name means, and could run code with our privileges. So every
/// name before that is qualified, and no operator is used.
/// </remarks>
internal static class CapabilitiesQuery
{
    const int LockTimeoutMilliseconds = 2000;

    /// <param name="connection">A connection without any query so far.</param>
    /// <param name="statementTimeout">How long one statement may take on the server.</param>
    /// <param name="receivers">The WAL receivers that the user named. wal.sql reads them from a setting of the transaction.</param>
    /// <param name="findOtherTools">Whether to look up the tables and functions of other monitoring tools.</param>
    /// <param name="inspect">Whether to query how the connection is encrypted.</param>
    public static async Task<ServerCapabilities> ReadAsync(
        NpgsqlConnection connection,
        TimeSpan statementTimeout,
        IReadOnlyList<string> receivers,
        bool findOtherTools,
        bool inspect,
        CancellationToken cancellationToken
    )
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY"),
                new(Settings(Math.Max(1, (int)statementTimeout.TotalMilliseconds), receivers)),
                new(SqlText.Load("capabilities")),
            },
        };
        if (findOtherTools)
            batch.BatchCommands.Add(new(SqlText.Load("other_tools")));
        if (inspect)
            batch.BatchCommands.Add(new("SELECT version, cipher FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl"));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await NextAsync();
        var capabilities = Answer(reader);
        if (findOtherTools)
        {
            await NextAsync();
            capabilities = capabilities with
            {
                PgBackRestTable = reader.TextOrNull("pgbackrest_table"),
                PgBackRestAge = reader.TextOrNull("pgbackrest_age"),
                WalgAge = reader.TextOrNull("walg_age"),
            };
        }

        if (inspect && await NextAsync())
            capabilities = capabilities with { Tls = new(reader.Text("version"), reader.Text("cipher")) };
        return capabilities;

        async Task<bool> NextAsync() => await reader.NextResultAsync(cancellationToken) && await reader.ReadAsync(cancellationToken);
    }

    static ServerCapabilities Answer(NpgsqlDataReader reader)
    {
        return new(
            reader.Time("now", "the server's clock"),
            reader.Integer("version_number"),
            reader.Text("role"),
            reader.Flag("in_recovery")
        )
        {
            ListWal = new(reader.Flag("may_list_wal"), reader.Flag("monitor_may_list_wal")),
            ListStatus = new(reader.Flag("may_list_status"), reader.Flag("monitor_may_list_status")),
            ReadStatistics = new(reader.Flag("may_read_statistics"), reader.Flag("monitor_may_read_statistics")),
            IsMemberOfMonitor = reader.Flag("is_member_of_monitor"),
            Inherits = reader.Flag("inherits"),
            MayReadControl = reader.Flag("may_read_control"),
            HasHistoryFunction = reader.Flag("has_history"),
            MayReadHistory = reader.Flag("may_read_history"),
            MayReadCatalog = reader.Flag("may_read_catalog"),
        };
    }

    // Without this, a role's own transaction_timeout (PostgreSQL 17) or idle_in_transaction_session_timeout could end the probe too early.
    static string Settings(int milliseconds, IReadOnlyList<string> receivers) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            SELECT pg_catalog.set_config('statement_timeout', '{milliseconds}', true),
              pg_catalog.set_config('lock_timeout', '{Math.Min(milliseconds, LockTimeoutMilliseconds)}', true),
              pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true), pg_catalog.set_config('jit', 'off', true),
              pg_catalog.set_config('standard_conforming_strings', 'on', true),
              pg_catalog.set_config('work_mem', '32MB', true),
              pg_catalog.set_config('idle_in_transaction_session_timeout', '0', true),
              CASE WHEN pg_catalog.current_setting('transaction_timeout', true) IS NOT NULL THEN pg_catalog.set_config('transaction_timeout', '0', true) END,
              pg_catalog.set_config('backup_metrics.receivers', {Literal(string.Join('\n', receivers))}, true)
            """
        );

    // An E'' string, so that standard_conforming_strings does not matter.
    static string Literal(string text) =>
        $"E'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'";
}
