using System.Globalization;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;
using Npgsql;
using NpgsqlTypes;

namespace BackupMetricsJob.Catalog;

/// <summary>What an import changed. After a failure: what was committed before; nothing if the input is to blame.</summary>
internal sealed record ImportResult(string Tool)
{
    /// <summary>The tool that made the backups: the requested one, or the one that the input names.</summary>
    public string Tool { get; set; } = Tool;

    /// <summary>The requested tool: generic, if the input names the tool.</summary>
    public string AskedFor { get; } = Tool;

    public CatalogFailure? Failure { get; set; }

    public long New { get; set; }

    /// <summary>The number of changed backups, including those that were gone and are listed again.</summary>
    public long Changed { get; set; }

    public long Gone { get; set; }

    public long Unchanged { get; set; }

    public int Servers { get; set; }

    /// <summary>The backups that could not be read. The catalogue keeps what it had about them.</summary>
    public List<ListingItem.Skipped> Skipped { get; } = [];

    /// <summary>What a person should know in addition to the changes.</summary>
    public List<ListingItem.Note> Notes { get; } = [];

    /// <summary>The servers whose backups are dated only by their objects' modification times.</summary>
    public List<string> DatedByObjects { get; } = [];

    /// <summary>The repositories that the tool could not read, each with the tool's message.</summary>
    public List<(string Server, ListedRepository Repository)> Unreadable { get; } = [];

    /// <summary>For each server, how many backups became history because they belong to another cluster than the server's.</summary>
    public List<(string Server, long Backups, string Cluster)> History { get; } = [];

    /// <summary>The servers whose backups the tool could not list, each with the tool's message.</summary>
    public List<(string Server, string Error)> Errors { get; } = [];
}

/// <summary>
/// Updates the catalogue from a tool's list. The whole output is read before anything is written. Then each server is merged in its own
/// transaction, with a lock against concurrent imports. Unchanged rows are not touched.
/// </summary>
internal static class CatalogImport
{
    /// <param name="catalogue">The catalogue's database.</param>
    /// <param name="tool">The tool that printed the output, unless the output names another. All rows are from one tool.</param>
    /// <param name="output">The items of the tool's output.</param>
    /// <param name="allowEmpty">Whether to accept a list that is empty or of another cluster, which marks the other backups as
    /// gone.</param>
    /// <param name="timeout">The time limit, including reading the output.</param>
    /// <param name="stop">Ends the import. Each server is merged completely or not at all.</param>
    /// <param name="origin">Where the import runs; null for this host, with the servers named by the output.</param>
    public static async Task<ImportResult> RunAsync(
        ConnectionSettings catalogue,
        string tool,
        IAsyncEnumerable<ListingItem> output,
        bool allowEmpty,
        TimeSpan timeout,
        CancellationToken stop,
        ImportOrigin? origin = null
    )
    {
        origin ??= ImportOrigin.Here();
        var result = new ImportResult(tool);
        IReadOnlyCollection<string> about = [];
        string? otherTool = null;
        var isClash = false;
        result.Failure = await CatalogSession.RunOnCatalogueAsync(
            catalogue,
            timeout,
            async (session, cancellationToken) =>
            {
                var servers = new List<ListedServer>();
                try
                {
                    await ListingTable.FillAsync(session, output, servers, result, cancellationToken);
                }
                catch (ListingException refusal)
                {
                    (about, otherTool) = (refusal.Servers, refusal.OtherTool);
                    throw;
                }
                finally
                {
                    about = [.. about.Union(servers.Select(server => server.Name))];
                }

                if (ListingChecks.Nobodys(result.Tool, servers) is { } nobodys)
                    return nobodys;
                if (!allowEmpty && await ListingChecks.EmptiedAsync(session, result.Tool, servers, cancellationToken) is { } empty)
                    return empty;
                if (
                    !allowEmpty
                    && (
                        await ListingChecks.ClashAsync(session, result.Tool, servers, cancellationToken)
                        ?? await ListingChecks.StrangerAsync(session, result.Tool, servers, cancellationToken)
                    )
                        is { } clash
                )
                {
                    isClash = true;
                    return clash;
                }

                result.Notes.AddRange(await NewServers.FindAsync(session, result.Tool, servers, cancellationToken));
                foreach (var server in servers)
                {
                    var isLast = server == servers[^1];
                    try
                    {
                        await MergeAsync(session, server, isLast, origin, result, cancellationToken);
                    }
                    catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
                    {
                        // Somebody wrote one of the rows at the same moment, so now it is a known one. Using ON CONFLICT for every row
                        // would add a tenth to the cost of inserting a long list.
                        await session.ExecuteAsync("ROLLBACK", cancellationToken);
                        await MergeAsync(session, server, isLast, origin, result, cancellationToken);
                    }
                }

                return null;
            },
            stop
        );
        if (result.Failure is { Cause: CatalogFailureCause.Input } why)
            result.Failure = await RefusedImport.RecordAsync(
                catalogue,
                new(result.Tool, otherTool, origin, about, isClash),
                why,
                timeout,
                stop
            );
        return result;
    }

    static async Task MergeAsync(
        CatalogSession session,
        ListedServer server,
        bool isLast,
        ImportOrigin origin,
        ImportResult result,
        CancellationToken cancellationToken
    )
    {
        session.Step = $"merging the list of \"{server.Name}\"";
        var all = server is { IsComplete: true, Error: null };
        using var first = new NpgsqlBatch(session.Connection);
        using var second = new NpgsqlBatch(session.Connection);
        var batch = first;
        Add("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE");
        // The last commit waits for the disk, and so flushes all earlier ones.
        if (!isLast)
            Add("SET LOCAL synchronous_commit TO off");
        // Right after another large import, the planner still assumes that the catalogue has no rows of this tool. It would compare each
        // listed backup with each one in the catalogue.
        Add("SET LOCAL enable_nestloop TO off");
        AddFor(CatalogLock.Take);
        if (all && server.List!.FormerNames is { Count: > 0 } former)
            AddFor(SqlText.Load("catalog_moved")).Parameters.Add(Text(ParameterJson.Array(former)));
        var gone = all && !server.HasUnnamedSkips ? AddFor(SqlText.Load("catalog_merge_gone")) : null;
        gone?.Parameters.Add(Text(server.List!.Storages is { } storages ? ParameterJson.Array(storages) : null));
        gone?.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = server.List!.MayLackTypes });
        gone?.Parameters.Add(Text(ParameterJson.Array(server.Skipped)));
        // Most lists equal the previous one. Then this is all that is done for their backups.
        if (server.Backups > 0)
            AddFor(SqlText.Load("catalog_merge_known") + SqlText.Load("catalog_merge_compare"));
        var (known, differing) = await CountsAsync(first, cancellationToken);
        batch = second;
        var changed = differing > 0 ? AddFor(SqlText.Load("catalog_merge_known") + SqlText.Load("catalog_merge_changed")) : null;
        var added = server.Backups > known ? AddFor(SqlText.Load("catalog_merge_new")) : null;
        if (server.IsComplete)
        {
            var source = AddFor(SqlText.Load("catalog_merge_source"));
            source.Parameters.Add(Text(server.Error));
            source.Parameters.Add(Text(origin.Host));
            source.Parameters.Add(new NpgsqlParameter<long> { TypedValue = server.Skipped.Count });
            source.Parameters.Add(Text(server.SkippedReason));
            if (server.Error is null)
            {
                var ended = Add(SqlText.Load("catalog_refusal_ended"));
                ended.Parameters.Add(Text(origin.Host));
                ended.Parameters.Add(Text(result.Tool));
                ended.Parameters.Add(Text(result.AskedFor));
            }
        }

        if (server.List is { Repositories: { Count: > 0 } repositories })
            AddFor(SqlText.Load("catalog_merge_storage")).Parameters.Add(Text(Repositories(repositories)));
        var cluster = AddFor(SqlText.Load("catalog_merge_cluster"));
        cluster.Parameters.Add(Text(server.List?.Cluster?.SystemIdentifier.ToString(CultureInfo.InvariantCulture)));
        cluster.Parameters.Add(Text(server.List?.Cluster?.PgVersionNumber?.ToString(CultureInfo.InvariantCulture)));
        Add("COMMIT");
        await using (var rows = await second.ExecuteReaderAsync(cancellationToken))
        {
            // Among these statements, only the one about the cluster returns rows.
            do
            {
                if (await rows.ReadAsync(cancellationToken) && rows.GetInt64(0) is > 0 and var history)
                    result.History.Add((server.Name, history, rows.GetString(1)));
            } while (await rows.NextResultAsync(cancellationToken));
        }

        result.Gone += Rows(gone);
        result.Changed += Rows(changed);
        result.New += Rows(added);
        result.Unchanged += server.Backups - Rows(changed) - Rows(added);
        result.Servers++;
        if (server.Error is { } error)
            result.Errors.Add((server.Name, error));
        if (server is { Error: null, List: { } list })
            result.Unreadable.AddRange(list.Repositories.Where(of => of.Error is not null).Select(of => (server.Name, of)));
        if (server.IsDatedByObjects)
            result.DatedByObjects.Add(server.Name);

        static string Repositories(IEnumerable<ListedRepository> repositories) =>
            ParameterJson.Objects(
                repositories,
                (json, repository) =>
                {
                    json.WriteString("storage", repository.Storage);
                    json.WriteString("error", repository.Error is null ? null : RowProblem.Storable(repository.Error));
                    json.WriteString("first_wal", repository.FirstWal);
                    json.WriteString("last_wal", repository.LastWal);
                }
            );

        static async Task<(long Known, long Differing)> CountsAsync(NpgsqlBatch compare, CancellationToken cancellationToken)
        {
            var counts = (0L, 0L);
            await using var rows = await compare.ExecuteReaderAsync(cancellationToken);
            // Among the statements that return rows, only the last has two columns.
            do
            {
                if (rows.FieldCount == 2 && await rows.ReadAsync(cancellationToken))
                    counts = (rows.Long("known"), rows.Long("differing"));
            } while (await rows.NextResultAsync(cancellationToken));
            return counts;
        }

        static NpgsqlParameter Text(string? text) => new() { NpgsqlDbType = NpgsqlDbType.Text, Value = (object?)text ?? DBNull.Value };

        static long Rows(NpgsqlBatchCommand? command) => (long)(command?.Rows ?? 0);

        NpgsqlBatchCommand Add(string sql)
        {
            var command = new NpgsqlBatchCommand(sql);
            batch.BatchCommands.Add(command);
            return command;
        }

        NpgsqlBatchCommand AddFor(string sql)
        {
            var command = Add(sql);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = server.Name });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = result.Tool });
            return command;
        }
    }
}

/// <summary>A lock on the backups of one server and tool, held until the end of the transaction.</summary>
internal static class CatalogLock
{
    /// <summary>$1 server, $2 tool.</summary>
    public const string Take = "SELECT pg_advisory_xact_lock(hashtextextended($1 || E'\\n' || $2, 1))";
}
