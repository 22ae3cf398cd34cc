using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Catalog;

/// <summary>How many rows were deleted: backups that their tools deleted, and recorded failures superseded by a later success.</summary>
internal sealed record PruneResult(CatalogFailure? Failure, long Deleted = 0, long Failures = 0);

/// <summary>
/// Deletes what the tools deleted long ago. An existing backup is never deleted, however old, nor is a failure without a later success.
/// </summary>
internal static class CatalogPrune
{
    public static async Task<PruneResult> RunAsync(ConnectionSettings catalogue, TimeSpan keep, TimeSpan timeout, CancellationToken stop)
    {
        var result = new PruneResult(null);
        var failure = await CatalogSession.RunOnCatalogueAsync(
            catalogue,
            timeout,
            async (session, cancellationToken) =>
            {
                session.Step = "pruning";
                await using var command = session.Command(SqlText.Load("catalog_prune"), keep.TotalSeconds);
                await using var row = await command.ExecuteReaderAsync(cancellationToken);
                await row.ReadAsync(cancellationToken);
                result = new(null, row.Long("deleted"), row.Long("failures"));
                return null;
            },
            stop
        );
        return failure is null ? result : new(failure);
    }
}
