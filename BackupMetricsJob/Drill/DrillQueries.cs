using System.Data;
using BackupMetricsJob.Postgres;
using Npgsql;

namespace BackupMetricsJob.Drill;

/// <summary>
/// The user's own queries on the restored cluster. Each statement must return rows, with true in each. They run in a read-only session of a
/// role that may read everything and write nothing.
/// </summary>
/// <param name="text">The text of the --query file.</param>
/// <param name="liveServer">The same database on the live server; null if none was named.</param>
internal sealed class DrillQueries(DrillCluster cluster, string text, string database, ConnectionSettings? liveServer)
{
    /// <summary>Before PostgreSQL 14 there is no pg_read_all_data.</summary>
    const string GrantRead = """
        DO $$ DECLARE one name; BEGIN
          FOR one IN SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname !~ '^pg_' LOOP
            EXECUTE format('GRANT USAGE ON SCHEMA %I TO ROLE_OF_DRILL', one);
            EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA %I TO ROLE_OF_DRILL', one);
          END LOOP;
        END $$
        """;

    /// <summary>Runs the queries and returns their number.</summary>
    /// <exception cref="DrillException">A query is not true, or cannot be run.</exception>
    public async Task<int> AskAsync(CancellationToken cancellationToken)
    {
        var role = "backup_metrics_drill_" + Guid.NewGuid().ToString("N")[..8];
        var number = 0;
        try
        {
            await CreateRoleAsync(role, cancellationToken);
            await using var connection = await cluster.ConnectAsync(database, cancellationToken, role);
#pragma warning disable CA2100 // The user's own file, on a throw-away server.
            await using var command = new NpgsqlCommand(text, connection);
#pragma warning restore CA2100
            await using var reader = await command.ExecuteReaderAsync(CommandBehavior.Default, cancellationToken);
            do
            {
                number++;
                await CheckAsync(reader, number, cancellationToken);
            } while (await reader.NextResultAsync(cancellationToken));
        }
        catch (PostgresException e)
        {
            var words = $"--query, statement {number + 1}: {PlainText.OnOneLine(e.MessageText)} (SQLSTATE {e.SqlState})";
            throw await QueryFault.ExplainAsync(e, words, cluster.Programs, liveServer, cancellationToken);
        }

        return number;
    }

    async Task CreateRoleAsync(string role, CancellationToken cancellationToken)
    {
        await using var connection = await cluster.ConnectAsync(database, cancellationToken, isReadOnly: false);
        var roles = cluster.Programs.Version >= 14 ? "pg_monitor, pg_read_all_data" : "pg_monitor";
        var sql = $"CREATE ROLE {role} LOGIN BYPASSRLS IN ROLE {roles}";
        if (cluster.Programs.Version < 14)
            sql += "; " + GrantRead.Replace("ROLE_OF_DRILL", role, StringComparison.Ordinal);
#pragma warning disable CA2100 // Only our own names.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    static async Task CheckAsync(NpgsqlDataReader reader, int number, CancellationToken cancellationToken)
    {
        var rows = 0;
        while (await reader.ReadAsync(cancellationToken))
        {
            rows++;
            if (reader.FieldCount == 0)
                throw DrillException.OfSettings($"--query, statement {number}: returns no column, so nothing that could be true");
            if (reader.GetDataTypeName(0) is not ("boolean" or "bool" or "pg_catalog.bool"))
                throw DrillException.OfSettings(
                    $"--query, statement {number}: must return true or false first, not a value of type {reader.GetDataTypeName(0)}"
                );
            var isNull = await reader.IsDBNullAsync(0, cancellationToken);
            if (isNull || !reader.GetBoolean(0))
                throw new DrillException($"--query, statement {number}: row {rows} is {(isNull ? "null" : "false")}, not true");
        }

        if (rows == 0)
            throw new DrillException($"--query, statement {number}: returned no row, and so not true");
    }
}
