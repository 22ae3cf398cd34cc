using BackupMetricsJob.Backups;
using BackupMetricsJob.Catalog.Import;
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
    const int MaxNamed = 3;

    static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(30);

    /// <param name="catalogue">Its database.</param>
    /// <param name="refused">What was refused.</param>
    /// <param name="why">What was wrong with it.</param>
    /// <returns>The refusal; it says where it was recorded, or that it could not be.</returns>
    public static async Task<CatalogFailure> RecordAsync(
        ConnectionSettings catalogue,
        RefusedImport refused,
        CatalogFailure why,
        TimeSpan timeout,
        CancellationToken stop
    )
    {
        var names = refused.Origin.Server is { } server ? [server] : refused.About;
        var failed = new List<string>();
        string? unknown = null;
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
                await using var row = await command.ExecuteReaderAsync(cancellationToken);
                while (await row.ReadAsync(cancellationToken))
                {
                    if (row.TextOrNull("server") is { } name)
                        failed.Add(name);
                    unknown ??= row.TextOrNull("tool");
                }

                return null;
            },
            stop
        );
        return failure is null
            ? why with
            {
                Recorded = refused.Where(failed, unknown, names),
            }
            : why with
            {
                Message = $"{why.Message} (the catalogue could not record this: {failure.Message})",
            };
    }

    /// <summary>Whoever reads it may have typed the command by mistake: then this is what is left to undo.</summary>
    string? Where(List<string> failed, string? unknown, IReadOnlyCollection<string> names)
    {
        if (failed.Count > 0)
            return $"recorded as a failure of {Tool} for {Quoted(failed)}: show and the alerts report it until such an import succeeds";
        if (unknown is null)
            return null;
        var why =
            unknown == Tool && names.Count == 0 ? $"since it names no server, and no list of {Tool} was imported from there"
            : unknown == ToolDetector.Archive ? "since it is the listing of a WAL archive"
            : unknown != Tool ? $"since it is a list of {unknown}"
            : IsClash ? $"since {Quoted(names)} in the catalogue may be another server"
            : $"since the catalogue has no list of {Tool} for {Quoted(names)}";
        return $"recorded as a refused import of {unknown} on host {Origin.Host}, {why}: show and the alerts report it until an import of "
            + $"{unknown} from there succeeds. If there will be none: {ForgetCommand.OfRefused(unknown)}";
    }

    static string Quoted(IEnumerable<string> names) => NameList.FirstOf([.. names.Select(name => $"\"{name}\"")], MaxNamed);
}
