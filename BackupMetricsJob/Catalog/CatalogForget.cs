using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;
using Npgsql;
using NpgsqlTypes;

namespace BackupMetricsJob.Catalog;

/// <summary>
/// Removes what the user says no longer exists from the catalogue: a server that was removed or mistyped, or refused imports that nobody
/// repeats. Anything that a list still names comes back with the next import.
/// </summary>
internal static class CatalogForget
{
    const string Refusals = "DELETE FROM backup_metrics.backup_refusal WHERE tool = $1 AND ($2::text IS NULL OR host = $2)";

    static readonly (string Column, string Thing)[] Things =
    [
        ("backups", "backup"),
        ("restore_tests", "restore test"),
        ("segments", "WAL segment"),
    ];

    /// <returns>The failure, or a description of what was removed.</returns>
    public static Task<(CatalogFailure? Failure, string Removed)> ServerAsync(
        ConnectionSettings catalogue,
        string server,
        string? tool,
        string? storage,
        TimeSpan timeout,
        CancellationToken stop
    ) =>
        RunAsync(
            catalogue,
            $"removing \"{server}\"",
            SqlText.Load("catalog_forget"),
            [server, tool, storage],
            async (command, cancellationToken) =>
            {
                await using var row = await command.ExecuteReaderAsync(cancellationToken);
                await row.ReadAsync(cancellationToken);
                return Removed(row) is { } removed ? $"removed what was known of \"{server}\"{removed}" : null;
            },
            $"the catalogue has nothing of a server \"{server}\"{(tool is null ? "" : $" by {tool}")}"
                + (storage is null ? "" : $" in {storage}"),
            timeout,
            stop
        );

    /// <summary>
    /// Describes what was removed. Restore tests and backups that were already gone are counted separately. Null if there was nothing.
    /// </summary>
    static string? Removed(NpgsqlDataReader row)
    {
        List<string> removed = [];
        foreach (var (column, thing) in Things)
        {
            if (row.Long(column) is > 0 and var count)
                removed.Add(Humanize.Count(count, thing));
        }

        if (row.Long("gone") is > 0 and var gone)
            removed.Add(gone == 1 ? "1 backup that was gone already" : $"{gone} backups that were gone already");

        return removed.Count > 0 ? ": " + string.Join(", ", removed)
            : row.Long("others") > 0 ? ""
            : null;
    }

    /// <returns>The failure, or a description of what was removed.</returns>
    public static Task<(CatalogFailure? Failure, string Removed)> RefusalsAsync(
        ConnectionSettings catalogue,
        string tool,
        string? host,
        TimeSpan timeout,
        CancellationToken stop
    ) =>
        RunAsync(
            catalogue,
            "removing refused imports",
            Refusals,
            [tool, host],
            async (command, cancellationToken) =>
                await command.ExecuteNonQueryAsync(cancellationToken) is > 0 and var rows
                    ? $"removed the refused imports of {tool} from {Humanize.Count(rows, "host")}"
                    : null,
            $"the catalogue has no refused import of {tool}{(host is null ? "" : $" from host {host}")}",
            timeout,
            stop
        );

    static async Task<(CatalogFailure? Failure, string Removed)> RunAsync(
        ConnectionSettings catalogue,
        string step,
        string sql,
        string?[] parameters,
        Func<NpgsqlCommand, CancellationToken, Task<string?>> execute,
        string nothing,
        TimeSpan timeout,
        CancellationToken stop
    )
    {
        string? removed = null;
        var failure = await CatalogSession.RunOnCatalogueAsync(
            catalogue,
            timeout,
            async (session, cancellationToken) =>
            {
                session.Step = step;
                await using var command = session.Command(sql, parameters);
                // NULL alone has no type.
                foreach (NpgsqlParameter parameter in command.Parameters)
                    parameter.NpgsqlDbType = NpgsqlDbType.Text;
                removed = await execute(command, cancellationToken);
                return removed is null ? CatalogFailure.Input(nothing) : null;
            },
            stop
        );
        return (failure, removed ?? "");
    }
}
