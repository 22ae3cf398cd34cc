using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Catalog;

/// <summary>
/// The last segment that a server says it has archived. A later listing of the archive must contain it. If not, the archive has stopped
/// growing, whatever archive_command reports.
/// </summary>
internal static class LastArchived
{
    const string Sql = """
        SELECT last_archived_wal AS wal FROM pg_catalog.pg_stat_archiver
        WHERE NOT pg_catalog.pg_is_in_recovery() AND pg_catalog.current_setting('archive_mode') <> 'off'
          AND last_archived_wal ~ '^[0-9A-F]{24}$'
        """;

    static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(10);

    /// <returns>Null if the server has archived none or cannot be queried; the probe reports why. The last file may also be a timeline
    /// history or backup history file.</returns>
    public static async Task<string?> AskAsync(ConnectionSettings server, CancellationToken stop)
    {
        string? last = null;
        var failure = await CatalogSession.RunAsync(
            server,
            MaxTime,
            async (session, cancellationToken) =>
            {
                await using var command = session.Command(Sql);
                last = await command.ExecuteScalarAsync(cancellationToken) as string;
                return null;
            },
            stop
        );
        return failure is null ? last : null;
    }
}
