using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;
using NpgsqlTypes;

namespace BackupMetricsJob.Catalog;

/// <summary>
/// Removes from the catalogue what somebody says is no more: a server that was removed or mistyped, or imports that were refused and that
/// nobody makes any more. What a list still names comes back with its next import.
/// </summary>
internal static class CatalogForget
{
    const string Refusals = "DELETE FROM backup_metrics.backup_refusal WHERE tool = $1 AND ($2::text IS NULL OR host = $2)";

    /// <returns>What was removed, in words; else a failure.</returns>
    public static Task<(CatalogFailure? Failure, string Removed)> ServerAsync(
        ConnectionSettings catalogue,
        string server,
        string? tool,
        TimeSpan timeout,
        CancellationToken stop
    ) =>
        RunAsync(
            catalogue,
            $"removing \"{server}\"",
            SqlText.Load("catalog_forget"),
            server,
            tool,
            async (command, cancellationToken) =>
            {
                await using var row = await command.ExecuteReaderAsync(cancellationToken);
                await row.ReadAsync(cancellationToken);
                var (backups, others) = (row.Long("backups"), row.Long("others"));
                return backups + others > 0 ? $"removed {Humanize.Count(backups, "backup")} of \"{server}\"" : null;
            },
            $"the catalogue has nothing of a server \"{server}\"{(tool is null ? "" : $" by {tool}")}",
            timeout,
            stop
        );

    /// <returns>What was removed, in words; else a failure.</returns>
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
            tool,
            host,
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
        string first,
        string? second,
        Func<Npgsql.NpgsqlCommand, CancellationToken, Task<string?>> execute,
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
                await using var command = session.Command(sql, first, second);
                // NULL alone has no type.
                command.Parameters[1].NpgsqlDbType = NpgsqlDbType.Text;
                removed = await execute(command, cancellationToken);
                return removed is null ? CatalogFailure.Input(nothing) : null;
            },
            stop
        );
        return (failure, removed ?? "");
    }
}
