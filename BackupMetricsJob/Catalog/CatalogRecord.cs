using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Catalog;

/// <summary>
/// Records one backup, failed backup or restore test, as reported by the script that ran it. The same name means the same backup.
/// </summary>
internal static class CatalogRecord
{
    public static readonly IReadOnlyList<string> Types = ["full", "diff", "incr", "logical", "wal", "restore_test"];

    /// <summary>Writes the row, unless the catalogue has a backup of another kind by this name.</summary>
    /// <param name="row">The backup, done or failed, with its end time. For a restore test, the parent is the restored backup, and one
    /// without a verdict is "waiting".</param>
    /// <param name="noted">Receives a note if the server is new and its name resembles a known one.</param>
    /// <param name="drilled">The system identifier of the cluster that a drill restored; null if the drill restored none, or if this is no
    /// drill.</param>
    public static Task<CatalogFailure?> WriteAsync(
        CatalogRow row,
        ConnectionSettings catalogue,
        TimeSpan timeout,
        CancellationToken stop,
        Action<ListingItem.Note>? noted = null,
        ulong? drilled = null
    ) =>
        CatalogSession.RunOnCatalogueAsync(
            catalogue,
            timeout,
            async (session, cancellationToken) =>
            {
                if (noted is not null && await NoteAsync(session, row, drilled, cancellationToken) is { } note)
                    noted(note);
                session.Step = "recording";
                session.StoresInput = true;
                await using var transaction = await session.Connection.BeginTransactionAsync(cancellationToken);
                await using (var only = session.Command(CatalogLock.Take, row.Server, row.Tool))
                    await only.ExecuteNonQueryAsync(cancellationToken);
                await using var command = session.Command(
                    SqlText.Load("catalog_record"),
                    row.Server,
                    row.Tool,
                    row.Type.Name(),
                    row.Storage,
                    row.BackupId,
                    row.Status switch
                    {
                        BackupStatus.Done => "done",
                        BackupStatus.Waiting => "waiting",
                        _ => "failed",
                    },
                    row.Started?.UtcDateTime,
                    row.Finished?.UtcDateTime,
                    row.SizeBytes,
                    row.StoredBytes,
                    row.ParentId,
                    row.Database,
                    row.Error,
                    row.Raw
                );
                if (await command.ExecuteScalarAsync(cancellationToken) is null)
                    return CatalogFailure.Input(
                        $"the catalogue has a backup \"{row.BackupId}\" of \"{row.Server}\" ({row.Tool}) that is not of "
                            + $"type {row.Type.Name()}: "
                            + "give another --id"
                    );
                await transaction.CommitAsync(cancellationToken);
                return null;
            },
            stop
        );

    static Task<ListingItem.Note?> NoteAsync(CatalogSession session, CatalogRow row, ulong? drilled, CancellationToken cancellationToken) =>
        row.Type == BackupType.RestoreTest
            ? NewServers.FindDrilledAsync(session, row.Server, drilled, cancellationToken)
            : NewServers.FindAsync(session, row.Server, cancellationToken);
}
