using BackupMetricsJob.Backups;
using BackupMetricsJob.Catalog.Import;
using BackupMetricsJob.Catalog.Import.Archive;
using BackupMetricsJob.Postgres;
using Npgsql;
using NpgsqlTypes;

namespace BackupMetricsJob.Catalog;

/// <summary>The server whose archive was listed, and when.</summary>
/// <param name="Now">When the import started.</param>
/// <param name="ListedAt">When the listing was made, if the user or a file's time tells; otherwise it was made now.</param>
internal sealed record ArchiveListingOptions(string Server, string Storage, DateTimeOffset Now)
{
    public DateTimeOffset? ListedAt { get; init; }

    /// <summary>The name of the last segment that the server had archived before that; null if the server was not queried.</summary>
    public string? Archived { get; init; }

    /// <summary>The last segment that the server says it has archived by now; null if the server was not queried.</summary>
    public string? ArchivedNow { get; init; }

    /// <summary>Whether a listing without segments may replace one that has some.</summary>
    public bool AllowEmpty { get; init; }
}

/// <summary>The result of an import. After a failure, only the failure itself was recorded.</summary>
internal sealed record ArchiveListingResult(CatalogFailure? Failure)
{
    public ParsedArchiveListing? Listed { get; init; }

    public DateTimeOffset ListedAt { get; init; }

    /// <summary>A note if the server is new and may be a mistyped name of another one.</summary>
    public ListingItem.Note? Note { get; init; }
}

/// <summary>
/// Updates the catalogue from an archive's listing. The whole listing is read before anything is written; then all ranges of the archive
/// are replaced in one transaction. A refused listing is recorded as refused, and the previous one stays.
/// </summary>
internal static class ArchiveListingImport
{
    const string Delete = "DELETE FROM backup_metrics.archive_range WHERE server = $1 AND storage = $2";

    const string Copy = """
        COPY backup_metrics.archive_range (server, storage, kind, timeline, first_segment, last_segment, newest_at)
        FROM STDIN (FORMAT BINARY)
        """;

    /// <param name="read">Reads the listing.</param>
    public static async Task<ArchiveListingResult> RunAsync(
        ConnectionSettings catalogue,
        ArchiveListingOptions options,
        Func<CancellationToken, Task<ParsedArchiveListing>> read,
        TimeSpan timeout,
        CancellationToken stop
    )
    {
        ParsedArchiveListing? listed = null;
        ListingItem.Note? note = null;
        string? mistaken = null;
        var listedAt = options.ListedAt ?? options.Now;
        var failure = await CatalogSession.RunOnCatalogueAsync(
            catalogue,
            timeout,
            async (session, cancellationToken) =>
            {
                note = await NewServers.FindAsync(session, options.Server, cancellationToken);
                session.Step = "reading the listing";
                string? refused,
                    otherTool = null;
                try
                {
                    listed = await read(cancellationToken);
                    listedAt = Bounded(listedAt, listed, options.Now);
                    refused = await ReplaceAsync(session, options, listed, listedAt, cancellationToken);
                }
                catch (ListingException e)
                {
                    (refused, otherTool) = (e.Message, e.OtherTool);
                }

                if (refused is null)
                    return null;
                var why = await RecordAsync(session, options, refused, otherTool, cancellationToken);
                mistaken = why.Recorded is null ? otherTool : null;
                return why;
            },
            stop
        );
        if (mistaken is not null)
            failure = await RefusedImport.RecordAsync(
                catalogue,
                new(ToolDetector.Archive, mistaken, ImportOrigin.Here(options.Server), [], IsClash: false),
                failure!,
                timeout,
                stop
            );
        return new(failure)
        {
            Listed = listed,
            ListedAt = listedAt,
            Note = note,
        };
    }

    /// <returns>The refusal, with the place where it was recorded, if any.</returns>
    static async Task<CatalogFailure> RecordAsync(
        CatalogSession session,
        ArchiveListingOptions options,
        string refused,
        string? otherTool,
        CancellationToken cancellationToken
    )
    {
        session.Step = "recording that the listing was refused";
        var text = RowProblem.Storable(PlainText.OnOneLine(refused, limit: 2000));
        await using var record = session.Command(SqlText.Load("archive_refused"), options.Server, options.Storage, text, otherTool);
        // NULL alone has no type.
        record.Parameters[^1].NpgsqlDbType = NpgsqlDbType.Text;
        var isNew = await record.ExecuteScalarAsync(cancellationToken) as bool?;
        return CatalogFailure.Input(refused) with
        {
            Recorded = isNew switch
            {
                null => null,
                false => $"recorded as a failure of {Archive(options)}: show and the alerts report it until such an import succeeds",
                true => $"recorded as a failure of {Archive(options)}, which was never listed: show and the alerts report it until such an "
                    + $"import succeeds. If there is no such server: {ForgetCommand.Of(options.Server)}",
            },
        };
    }

    static string Archive(ArchiveListingOptions options) => $"the archive \"{options.Storage}\" of \"{options.Server}\"";

    /// <summary>
    /// The time of the listing: not before the newest file in it, whatever the listing file's own time is, and not in the future.
    /// </summary>
    static DateTimeOffset Bounded(DateTimeOffset listedAt, ParsedArchiveListing listed, DateTimeOffset now)
    {
        var newest = listed.NewestAt == SegmentRanges.Unknown ? listedAt : Time(listed.NewestAt);
        var latest = newest > listedAt ? newest : listedAt;
        return latest < now ? latest : now;
    }

    /// <summary>Null on success, otherwise why not.</summary>
    static async Task<string?> ReplaceAsync(
        CatalogSession session,
        ArchiveListingOptions options,
        ParsedArchiveListing listed,
        DateTimeOffset listedAt,
        CancellationToken cancellationToken
    )
    {
        session.Step = $"writing the listing of \"{options.Server}\"";
        await using var transaction = await session.Connection.BeginTransactionAsync(cancellationToken);
        await using (var locked = session.Command(CatalogLock.Take, options.Server, "archive\n" + options.Storage))
            await locked.ExecuteNonQueryAsync(cancellationToken);
        if (await ArchiveListingChecks.RefusalAsync(session, options, listed, listedAt, cancellationToken) is { } refusal)
            return refusal;
        await using (var delete = session.Command(Delete, options.Server, options.Storage))
            await delete.ExecuteNonQueryAsync(cancellationToken);
        await using (var merge = session.Command(SqlText.Load("archive_merge"), options.Server, options.Storage, listedAt.UtcDateTime))
        {
            merge.Parameters.Add(
                new() { NpgsqlDbType = NpgsqlDbType.Bigint, Value = listed.SegmentSize is { } size ? size : DBNull.Value }
            );
            merge.Parameters.Add(new() { Value = listed.Names });
            merge.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Text, Value = (object?)options.Archived ?? DBNull.Value });
            merge.Parameters.Add(new() { NpgsqlDbType = NpgsqlDbType.Text, Value = (object?)options.ArchivedNow ?? DBNull.Value });
            merge.Parameters.Add(new() { Value = options.Now.UtcDateTime });
            merge.Parameters.Add(new() { Value = options.AllowEmpty });
            await merge.ExecuteNonQueryAsync(cancellationToken);
        }

        await WriteAsync(session, options, listed, listedAt, cancellationToken);
        var (here, ended) = (ImportOrigin.Here().Host, SqlText.Load("catalog_refusal_ended"));
        await using (var earlier = session.Command(ended, here, ToolDetector.Archive, ToolDetector.Archive))
            await earlier.ExecuteNonQueryAsync(cancellationToken);
        session.Step = "committing";
        await transaction.CommitAsync(cancellationToken);
        return null;
    }

    static async Task WriteAsync(
        CatalogSession session,
        ArchiveListingOptions options,
        ParsedArchiveListing listed,
        DateTimeOffset listedAt,
        CancellationToken cancellationToken
    )
    {
        await using var rows = await session.Connection.BeginBinaryImportAsync(Copy, cancellationToken);
        foreach (var (kind, range) in listed.Ranges())
            await RowAsync(kind, range);
        await rows.CompleteAsync(cancellationToken);

        async Task RowAsync(string kind, SegmentRange range)
        {
            await rows.StartRowAsync(cancellationToken);
            await rows.WriteAsync(options.Server, NpgsqlDbType.Text, cancellationToken);
            await rows.WriteAsync(options.Storage, NpgsqlDbType.Text, cancellationToken);
            await rows.WriteAsync(kind, NpgsqlDbType.Text, cancellationToken);
            await rows.WriteAsync((long)range.Timeline, NpgsqlDbType.Bigint, cancellationToken);
            await rows.WriteAsync(range.First, NpgsqlDbType.Bigint, cancellationToken);
            await rows.WriteAsync(range.Last, NpgsqlDbType.Bigint, cancellationToken);
            if (range.StoredAt == SegmentRanges.Unknown)
                await rows.WriteNullAsync(cancellationToken);
            else
                await rows.WriteAsync(
                    // A storage time after the listing comes from a wrong clock.
                    (Time(range.StoredAt) < listedAt ? Time(range.StoredAt) : listedAt).UtcDateTime,
                    NpgsqlDbType.TimestampTz,
                    cancellationToken
                );
        }
    }

    static DateTimeOffset Time(long microseconds) => DateTimeOffset.UnixEpoch + TimeSpan.FromMicroseconds(microseconds);
}
