using BackupMetricsJob.Probing;
using BackupMetricsJob.Targets;

namespace BackupMetricsJob.Catalog;

/// <summary>One backup, failed backup or restore test by the word of the wrapper that ran it.</summary>
/// <param name="Kind">full, diff, incr, logical, wal or restore_test.</param>
/// <param name="BackupId">The wrapper's name for it; the same name again is the same backup.</param>
internal sealed record Recorded(string Server, string Tool, string Kind, string BackupId, bool Succeeded, DateTimeOffset Finished)
{
    public static readonly IReadOnlyList<string> Kinds = ["full", "diff", "incr", "logical", "wal", "restore_test"];

    public string Storage { get; init; } = "default";

    public DateTimeOffset? Started { get; init; }

    public long? SizeBytes { get; init; }

    public long? StoredBytes { get; init; }

    /// <summary>What it was made from; of a restore test the backup that was restored.</summary>
    public string? ParentId { get; init; }

    public string? Database { get; init; }

    public string? Error { get; init; }

    /// <summary>Writes it. Nothing is written if the catalogue has a backup of another kind by this name.</summary>
    public async Task<CatalogFailure?> WriteAsync(ConnectionSettings catalogue, TimeSpan timeout, CancellationToken stop) =>
        await CatalogSession.RunAsync(catalogue, timeout, async (session, cancellationToken) =>
        {
            if (await CatalogVersion.CheckAsync(session, cancellationToken) is { } failure) return failure;
            session.Step = "recording";
            session.StoresInput = true;
            await using var transaction = await session.Connection.BeginTransactionAsync(cancellationToken);
            await using (var only = session.Command(CatalogLock.Take, Server, Tool))
                await only.ExecuteNonQueryAsync(cancellationToken);
            await using var command = session.Command(
                SqlText.Of("catalog_record"),
                Server, Tool, Kind, Storage, BackupId, Succeeded ? "done" : "failed", Started?.UtcDateTime, Finished.UtcDateTime,
                SizeBytes, StoredBytes, ParentId, Database, Error);
            if (await command.ExecuteScalarAsync(cancellationToken) is null)
                return CatalogFailure.Input(
                    $"the catalogue has a backup \"{BackupId}\" of \"{Server}\" ({Tool}) that is not of type {Kind}: give another --id");
            await transaction.CommitAsync(cancellationToken);
            return null;
        }, stop);
}
