using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;
using Npgsql;
using NpgsqlTypes;

namespace BackupMetricsJob.Catalog;

/// <summary>A server in a tool's output.</summary>
internal sealed record ListedServer(string Name)
{
    /// <summary>The number of listed backups.</summary>
    public long Backups { get; set; }

    /// <summary>Whether the tool has listed all backups.</summary>
    public bool IsComplete => List is not null;

    /// <summary>The tool's error instead of a list.</summary>
    public string? Error { get; set; }

    /// <summary>The tool's statement about its list; null if it lists a single backup.</summary>
    public ListingItem.CompleteServer? List { get; set; }

    /// <summary>The names of the backups that could not be read, as far as these are known.</summary>
    public List<string> Skipped { get; } = [];

    /// <summary>Why the first of them could not be read.</summary>
    public string? SkippedReason { get; set; }

    /// <summary>Whether an unreadable record has no known name. Then no unlisted backup is known to be gone.</summary>
    public bool HasUnnamedSkips { get; set; }

    /// <summary>The clusters that the list names, the server's current one first.</summary>
    public List<ulong> Clusters { get; } = [];

    /// <summary>Whether backups are dated only by their objects' modification times.</summary>
    public bool IsDatedByObjects { get; set; }
}

/// <summary>
/// The session's temporary table with a tool's whole output. The catalogue is not touched before all of it has been read.
/// </summary>
internal static class ListingTable
{
    const string Copy = """
        COPY pg_temp.listing (server, kind, storage, backup_id, status, started_at, finished_at, size_bytes, stored_bytes, parent_id,
          start_lsn, stop_lsn, start_wal, stop_wal, timeline, pg_version_num, system_identifier, database, has_errors, error, keep_until,
          raw, time_of_object, comparable)
        FROM STDIN (FORMAT BINARY)
        """;

    const string Duplicate = """
        SELECT server, storage, backup_id, count(*) AS times FROM pg_temp.listing
        GROUP BY 1, 2, 3 HAVING count(*) > 1 ORDER BY 1, 2, 3 LIMIT 1
        """;

    /// <param name="servers">Receives the servers, in order of first appearance.</param>
    /// <param name="result">Receives the unreadable backups, and the tool, if the output names it.</param>
    /// <exception cref="ListingException">The output is not the tool's, or contains values that cannot be stored.</exception>
    public static async Task FillAsync(
        CatalogSession session,
        IAsyncEnumerable<ListingItem> output,
        List<ListedServer> servers,
        ImportResult result,
        CancellationToken cancellationToken
    )
    {
        await session.ExecuteAsync(SqlText.Load("catalog_listing"), cancellationToken);
        session.Step = "reading the input";
        session.StoresInput = true;
        var skipped = result.Skipped;
        var byName = new Dictionary<string, ListedServer>(StringComparer.Ordinal);
        await using var entries = output.GetAsyncEnumerator(cancellationToken);
        // Reads the first item now. A slow start, such as a tool that queries its storage first, must not keep the server waiting.
        var any = await NextAsync(entries);
        await using (var rows = await session.Connection.BeginBinaryImportAsync(Copy, cancellationToken))
        {
            for (; any; any = await NextAsync(entries))
            {
                switch (entries.Current)
                {
                    case ListingItem.Tool named:
                        result.Tool = named.Name;
                        break;
                    case ListingItem.Note note:
                        result.Notes.Add(note);
                        break;
                    case ListingItem.Backup { Row: var row }:
                        if (row.Tool != result.Tool)
                            throw new InvalidOperationException($"The reader of {result.Tool} gave a backup of {row.Tool}.");
                        if (RowProblem.Find(row) is { } problem)
                        {
                            Skip(new(row.Server, row.BackupId, problem));
                            break;
                        }

                        Take(row);
                        await WriteAsync(rows, row, cancellationToken);
                        break;
                    case ListingItem.CompleteServer list:
                        if (RowProblem.OfKey(list.Name, result.Tool, "-", "-") is { } wrong)
                            throw new ListingException("", wrong);
                        Server(list.Name).List = list;
                        Server(list.Name).Error ??= list.Error is null ? null : RowProblem.Storable(list.Error);
                        break;
                    case ListingItem.Skipped backup:
                        Skip(backup);
                        break;
                    default:
                        throw new InvalidOperationException($"Nobody knows what to do with {entries.Current}.");
                }
            }

            session.Step = "ending the copy";
            await rows.CompleteAsync(cancellationToken);
        }

        foreach (var server in servers)
            server.HasUnnamedSkips |= skipped.Exists(backup => backup.OfServer is null);
        if (skipped.Count > 0 && servers.TrueForAll(server => server.Backups == 0))
            throw new ListingException("", skipped[0].Problem);
        foreach (var server in servers.Where(server => server is { Backups: 0, Skipped.Count: > 0 }))
            server.Error ??= RowProblem.Storable(
                "none of its backups can be read: " + skipped.First(of => of.OfServer == server.Name).Problem
            );
        foreach (var server in servers.Where(server => server.List?.Cluster is not null))
            server.Clusters.InsertRange(0, [server.List!.Cluster!.SystemIdentifier, .. server.List.Earlier]);
        await IndexAsync(session, cancellationToken);

        void Take(CatalogRow row)
        {
            var server = Server(row.Server);
            server.Backups++;
            if (row.SystemIdentifier is { } cluster && !server.Clusters.Contains(cluster))
                server.Clusters.Add(cluster);
            server.IsDatedByObjects |= row is { TimeIsOfObject: true, Started: null };
        }

        void Skip(ListingItem.Skipped backup)
        {
            skipped.Add(backup);
            if (backup.OfServer is { } name && RowProblem.OfKey(name, result.Tool, "-", "-") is null)
            {
                Server(name).Skipped.Add(RowProblem.Storable(backup.BackupId ?? ""));
                Server(name).SkippedReason ??= RowProblem.Storable(PlainText.OnOneLine(backup.Problem));
                Server(name).HasUnnamedSkips |= backup.BackupId is null;
            }
        }

        ListedServer Server(string name)
        {
            if (byName.TryGetValue(name, out var known))
                return known;
            var server = new ListedServer(name);
            servers.Add(server);
            byName.Add(name, server);
            return server;
        }
    }

    /// <summary>Reads the next item. An error of the pipe or file is the input's fault, not the database's.</summary>
    static async Task<bool> NextAsync(IAsyncEnumerator<ListingItem> entries)
    {
        try
        {
            return await entries.MoveNextAsync();
        }
        catch (IOException e)
        {
            throw new ListingException("", $"the input broke off: {e.Message}");
        }
    }

    static async Task IndexAsync(CatalogSession session, CancellationToken cancellationToken)
    {
        session.Step = "looking for duplicates";
        try
        {
            // The planner needs the number of rows per server. The other columns, above all raw, take long to sample, and no plan needs
            // them.
            await session.ExecuteAsync(
                """
                CREATE UNIQUE INDEX ON pg_temp.listing (server, storage, backup_id);
                SET default_statistics_target TO 10;
                ANALYZE pg_temp.listing (server, storage, backup_id, kind, status)
                """,
                cancellationToken
            );
            return;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            // The duplicate is named in the error's detail, which Npgsql does not expose.
        }

        await using var command = session.Command(Duplicate);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        throw new ListingException(
            "",
            $"backup \"{row.Text("backup_id")}\" of \"{row.Text("server")}\" (storage {row.Text("storage")}) is listed "
                + $"{row.Long("times")} times"
        );
    }

    static async Task WriteAsync(NpgsqlBinaryImporter rows, CatalogRow row, CancellationToken cancellationToken)
    {
        await rows.StartRowAsync(cancellationToken);
        await rows.WriteAsync(row.Server, NpgsqlDbType.Text, cancellationToken);
        await rows.WriteAsync(row.Type.Name(), NpgsqlDbType.Text, cancellationToken);
        await rows.WriteAsync(row.Storage, NpgsqlDbType.Text, cancellationToken);
        await rows.WriteAsync(row.BackupId, NpgsqlDbType.Text, cancellationToken);
        var status = row.Status switch
        {
            BackupStatus.Done => "done",
            BackupStatus.Failed => "failed",
            BackupStatus.Waiting => "waiting",
            _ => "running",
        };
        await rows.WriteAsync(status, NpgsqlDbType.Text, cancellationToken);
        await TimeAsync(row.Started);
        await TimeAsync(row.Finished);
        await ValueAsync(row.SizeBytes, NpgsqlDbType.Bigint);
        await ValueAsync(row.StoredBytes, NpgsqlDbType.Bigint);
        await TextAsync(row.ParentId);
        await LsnAsync(row.StartLsn);
        await LsnAsync(row.StopLsn);
        await TextAsync(row.StartWal);
        await TextAsync(row.StopWal);
        await ValueAsync(row.Timeline, NpgsqlDbType.Integer);
        await ValueAsync(row.PgVersionNumber, NpgsqlDbType.Integer);
        await ValueAsync<decimal>(row.SystemIdentifier, NpgsqlDbType.Numeric);
        await TextAsync(row.Database);
        await ValueAsync(row.HasErrors, NpgsqlDbType.Boolean);
        await TextAsync(row.Error);
        await TimeAsync(row.KeepUntil);
        await (row.Raw is null ? rows.WriteNullAsync(cancellationToken) : rows.WriteAsync(row.Raw, NpgsqlDbType.Jsonb, cancellationToken));
        await rows.WriteAsync(row.TimeIsOfObject, NpgsqlDbType.Boolean, cancellationToken);
        await rows.WriteAsync(row.SizesAreComparable, NpgsqlDbType.Boolean, cancellationToken);

        Task TextAsync(string? text) =>
            text is null ? rows.WriteNullAsync(cancellationToken) : rows.WriteAsync(text, NpgsqlDbType.Text, cancellationToken);

        Task LsnAsync(ulong? lsn) =>
            ValueAsync(lsn is { } position ? new NpgsqlLogSequenceNumber(position) : (NpgsqlLogSequenceNumber?)null, NpgsqlDbType.PgLsn);

        // DateTime.MaxValue is stored as infinity.
        Task TimeAsync(DateTimeOffset? time) => ValueAsync(time?.UtcDateTime, NpgsqlDbType.TimestampTz);

        Task ValueAsync<T>(T? value, NpgsqlDbType type)
            where T : struct =>
            value is { } given ? rows.WriteAsync(given, type, cancellationToken) : rows.WriteNullAsync(cancellationToken);
    }
}
