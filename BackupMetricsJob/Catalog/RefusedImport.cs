using BackupMetricsJob.Backups;
using BackupMetricsJob.Catalog.Import;
using BackupMetricsJob.Postgres;
using NpgsqlTypes;

namespace BackupMetricsJob.Catalog;

/// <summary>
/// Records a refused import in the catalogue, so that nobody takes yesterday's list for today's. It is recorded as a failure of the servers
/// that it was about, or, if these are unknown, of the imports from this host. If the list belongs to another tool that is not used here,
/// that tool has not failed: a correct import clears the record.
/// </summary>
/// <param name="Tool">The tool whose output was expected.</param>
/// <param name="OtherTool">The tool that printed the output, if it is another one.</param>
/// <param name="Origin">Where the import ran, and for which server.</param>
/// <param name="About">The servers that could still be read from the output.</param>
/// <param name="IsClash">Whether the catalogue has other servers under these names, which are not affected.</param>
internal sealed record RefusedImport(string Tool, string? OtherTool, ImportOrigin Origin, IReadOnlyCollection<string> About, bool IsClash)
{
    const int MaxNamed = 3;

    static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(30);

    /// <param name="catalogue">The catalogue's database.</param>
    /// <param name="refused">The refused import.</param>
    /// <param name="why">What was wrong with the input.</param>
    /// <returns>The refusal, with where it was recorded, or that this failed.</returns>
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

    /// <summary>Tells where the refusal was recorded and how to undo it, in case the command was typed by mistake.</summary>
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
