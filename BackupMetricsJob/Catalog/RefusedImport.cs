using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Catalog;

/// <summary>
/// Lets the catalogue know of an import that was refused, so that nobody takes yesterday's list for today's: as a failure of the servers
/// that it was about, or, where nobody knows which they are, of the imports from this host.
/// </summary>
internal static class RefusedImport
{
    static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(30);

    /// <param name="catalogue">Its database.</param>
    /// <param name="tool">Whose output was refused.</param>
    /// <param name="origin">Where, and for which server.</param>
    /// <param name="about">The servers that the output still names.</param>
    /// <param name="isClash">Whether the catalogue has other servers under these names: they have nothing to do with it.</param>
    /// <param name="why">What was wrong with it.</param>
    /// <returns>The refusal; it says so if it could not be recorded.</returns>
    public static async Task<CatalogFailure> RecordAsync(
        ConnectionSettings catalogue,
        string tool,
        ImportOrigin origin,
        IReadOnlyCollection<string> about,
        bool isClash,
        CatalogFailure why,
        TimeSpan timeout,
        CancellationToken stop
    )
    {
        var names = origin.Server is { } server ? [server] : about;
        var failure = await CatalogSession.RunAsync(
            catalogue,
            timeout < MaxTime ? timeout : MaxTime,
            async (session, cancellationToken) =>
            {
                session.Step = "recording that the import was refused";
                await using var command = session.Command(
                    SqlText.Load("catalog_refused"),
                    tool,
                    origin.Host,
                    RowProblem.Storable(why.Message),
                    CatalogImport.Json(names.Select(RowProblem.Storable)),
                    origin.Server is null && !isClash,
                    isClash
                );
                await command.ExecuteNonQueryAsync(cancellationToken);
                return null;
            },
            stop
        );
        return failure is null ? why : why with { Message = $"{why.Message} (the catalogue could not record this: {failure.Message})" };
    }
}
