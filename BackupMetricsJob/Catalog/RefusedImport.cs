using BackupMetricsJob.Postgres;
using NpgsqlTypes;

namespace BackupMetricsJob.Catalog;

/// <summary>
/// Lets the catalogue know of an import that was refused, so that nobody takes yesterday's list for today's: as a failure of the servers
/// that it was about, or, where nobody knows which they are, of the imports from this host. A list that was imported under the name of
/// another tool, which nobody uses here, is no failure of that tool: the right import ends it.
/// </summary>
/// <param name="Tool">Whose output was expected.</param>
/// <param name="OtherTool">Whose output it is, where that is another tool.</param>
/// <param name="Origin">Where, and for which server.</param>
/// <param name="About">The servers that the output still names.</param>
/// <param name="IsClash">Whether the catalogue has other servers under these names: they have nothing to do with it.</param>
internal sealed record RefusedImport(string Tool, string? OtherTool, ImportOrigin Origin, IReadOnlyCollection<string> About, bool IsClash)
{
    static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(30);

    /// <param name="catalogue">Its database.</param>
    /// <param name="refused">What was refused.</param>
    /// <param name="why">What was wrong with it.</param>
    /// <returns>The refusal; it says so if it could not be recorded.</returns>
    public static async Task<CatalogFailure> RecordAsync(
        ConnectionSettings catalogue,
        RefusedImport refused,
        CatalogFailure why,
        TimeSpan timeout,
        CancellationToken stop
    )
    {
        var names = refused.Origin.Server is { } server ? [server] : refused.About;
        var failure = await CatalogSession.RunAsync(
            catalogue,
            timeout < MaxTime ? timeout : MaxTime,
            async (session, cancellationToken) =>
            {
                session.Step = "recording that the import was refused";
                await using var command = session.Command(
                    SqlText.Load("catalog_refused"),
                    refused.Tool,
                    refused.Origin.Host,
                    RowProblem.Storable(why.Message),
                    ParameterJson.Array(names.Select(RowProblem.Storable)),
                    refused.Origin.Server is null && !refused.IsClash,
                    refused.IsClash,
                    refused.OtherTool
                );
                // NULL alone has no type.
                command.Parameters[^1].NpgsqlDbType = NpgsqlDbType.Text;
                await command.ExecuteNonQueryAsync(cancellationToken);
                return null;
            },
            stop
        );
        return failure is null ? why : why with { Message = $"{why.Message} (the catalogue could not record this: {failure.Message})" };
    }
}
