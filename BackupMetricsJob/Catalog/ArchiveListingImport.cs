using BackupMetricsJob.Backups;
using BackupMetricsJob.Catalog.Import.Archive;
using BackupMetricsJob.Postgres;
using Npgsql;
using NpgsqlTypes;

namespace BackupMetricsJob.Catalog;

/// <summary>Whose archive was listed, and when.</summary>
/// <param name="Now">When the import was started.</param>
/// <param name="ListedAt">When the listing was made, where the user or a file's time says so; else it was made now.</param>
internal sealed record ArchiveListingOptions(string Server, string Storage, DateTimeOffset Now)
{
    public DateTimeOffset? ListedAt { get; init; }

    /// <summary>The segment that the server had archived last before that, by name; null where nobody asked it.</summary>
    public string? Archived { get; init; }

    /// <summary>The segment that it says it has archived last now; null where nobody asked it.</summary>
    public string? ArchivedNow { get; init; }

    /// <summary>Whether a listing without a segment may take the place of one that has some.</summary>
    public bool AllowEmpty { get; init; }
}

/// <summary>What was imported. With a failure, nothing was but the failure itself.</summary>
internal sealed record ArchiveListingResult(CatalogFailure? Failure)
{
    public ArchiveListed? Listed { get; init; }

    public DateTimeOffset ListedAt { get; init; }

    /// <summary>Where the server is new, and may be another one's name that was mistyped.</summary>
    public Listed.Note? Note { get; init; }
}

/// <summary>
/// Makes the catalogue say what an archive's listing says now. The whole listing is read before anything is written; then all ranges of the
/// archive are replaced in one transaction. A listing that is refused is recorded as refused, and the one before it stays.
/// </summary>
internal static class ArchiveListingImport
{
    const string Delete = "DELETE FROM backup_metrics.archive_range WHERE server = $1 AND storage = $2";

    const string Copy = """
        COPY backup_metrics.archive_range (server, storage, kind, timeline, first_segment, last_segment, newest_at)
        FROM STDIN (FORMAT BINARY)
        """;

    /// <summary>
    /// One listing may be imported as standard input, which is of now, and as a file, whose time the kernel takes from a coarser clock.
    /// </summary>
    static readonly TimeSpan SameListing = TimeSpan.FromSeconds(1);

    /// <param name="read">Reads the listing.</param>
    public static async Task<ArchiveListingResult> RunAsync(
        ConnectionSettings catalogue,
        ArchiveListingOptions options,
        Func<CancellationToken, Task<ArchiveListed>> read,
        TimeSpan timeout,
        CancellationToken stop
    )
    {
        ArchiveListed? listed = null;
        Listed.Note? note = null;
        var listedAt = options.ListedAt ?? options.Now;
        var failure = await CatalogSession.RunOnCatalogueAsync(
            catalogue,
            timeout,
            async (session, cancellationToken) =>
            {
                note = await NewServers.FindAsync(session, options.Server, cancellationToken);
                session.Step = "reading the listing";
                string? refused;
                try
                {
                    listed = await read(cancellationToken);
                    listedAt = Bounded(listedAt, listed, options.Now);
                    refused = await ReplaceAsync(session, options, listed, listedAt, cancellationToken);
                }
                catch (ListingException e)
                {
                    refused = e.Message;
                }

                if (refused is null)
                    return null;
                session.Step = "recording that the listing was refused";
                await using var record = session.Command(
                    SqlText.Load("archive_refused"),
                    options.Server,
                    options.Storage,
                    RowProblem.Storable(PlainText.OnOneLine(refused, limit: 2000))
                );
                await record.ExecuteNonQueryAsync(cancellationToken);
                return CatalogFailure.Input(refused);
            },
            stop
        );
        return new(failure)
        {
            Listed = listed,
            ListedAt = listedAt,
            Note = note,
        };
    }

    /// <summary>A listing is not older than what it names, however old its file says it is, and not from the future.</summary>
    static DateTimeOffset Bounded(DateTimeOffset listedAt, ArchiveListed listed, DateTimeOffset now)
    {
        var newest = listed.NewestAt == Runs.Unknown ? listedAt : Time(listed.NewestAt);
        var latest = newest > listedAt ? newest : listedAt;
        return latest < now ? latest : now;
    }

    /// <summary>Null where it was done; else why not.</summary>
    static async Task<string?> ReplaceAsync(
        CatalogSession session,
        ArchiveListingOptions options,
        ArchiveListed listed,
        DateTimeOffset listedAt,
        CancellationToken cancellationToken
    )
    {
        session.Step = $"writing the listing of \"{options.Server}\"";
        await using var transaction = await session.Connection.BeginTransactionAsync(cancellationToken);
        await using (var locked = session.Command(CatalogLock.Take, options.Server, "archive\n" + options.Storage))
            await locked.ExecuteNonQueryAsync(cancellationToken);
        if (await RefusalAsync(session, options, listed, listedAt, cancellationToken) is { } refusal)
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
        session.Step = "committing";
        await transaction.CommitAsync(cancellationToken);
        return null;
    }

    static async Task<string?> RefusalAsync(
        CatalogSession session,
        ArchiveListingOptions options,
        ArchiveListed listed,
        DateTimeOffset listedAt,
        CancellationToken cancellationToken
    )
    {
        var others = listed.OtherFiles == 0 ? "" : $", only other files like \"{PlainText.OnOneLine(listed.FirstOther!, 200)}\"";
        await using var known = session.Command(SqlText.Load("archive_known"), options.Server, options.Storage);
        await using var row = await known.ExecuteReaderAsync(cancellationToken);
        var isKnown = await row.ReadAsync(cancellationToken) && !row.IsNull("listed_at");
        if (listed.Names == 0 && !options.AllowEmpty)
        {
            return $"the listing names no WAL segment{others}. "
                + (
                    isKnown
                        ? $"The catalogue's has {Humanize.Segments(row.Long("names"))}: if they are really gone, " + "use --allow-empty"
                        : "Is it the right folder, and the right --wal-segment-size? If the archive is really empty, use --allow-empty"
                );
        }

        if (isKnown && row.Time("listed_at") is var before && before - listedAt >= SameListing)
            return $"the listing was made at {Humanize.Time(listedAt)}, and the catalogue has a newer one, of {Humanize.Time(before)}"
                + (options.ListedAt is null ? "" : ". If it was made later than its file says, say when with --listed-at");
        return isKnown && !options.AllowEmpty && EndsEarlier(listed, row) is { } how
            ? $"the listing {how} that of {Humanize.Time(row.Time("listed_at"))}: it is cut off, or the newest "
                + "WAL is gone from the archive. If it really is, use --allow-empty"
            : null;
    }

    /// <summary>
    /// A listing that is cut at the end of a line looks whole by itself. But no archive loses its newest WAL by a purge.
    /// </summary>
    static string? EndsEarlier(ArchiveListed listed, NpgsqlDataReader known)
    {
        if (listed.Segments.Count == 0 || known.IsNull("timeline"))
            return null;
        if (listed.SegmentSize is { } bytes && known.LongOrNull("segment_size") is { } size && size != bytes)
            return null;
        var newest = listed.Segments.MaxBy(run => (run.Timeline, run.Last));
        var (timeline, last) = (known.Long("timeline"), known.Long("last_segment"));
        return newest.Timeline < timeline ? $"ends on timeline {newest.Timeline}, before timeline {timeline} of"
            : newest.Timeline == timeline && newest.Last < last ? $"ends {Humanize.Segments(last - newest.Last)} before the end of"
            : null;
    }

    static async Task WriteAsync(
        CatalogSession session,
        ArchiveListingOptions options,
        ArchiveListed listed,
        DateTimeOffset listedAt,
        CancellationToken cancellationToken
    )
    {
        await using var rows = await session.Connection.BeginBinaryImportAsync(Copy, cancellationToken);
        foreach (var run in listed.Segments)
            await RowAsync("segments", run);
        foreach (var mark in listed.Marks)
        {
            var kind = mark.Kind switch
            {
                WalFileKind.Partial => "partial",
                WalFileKind.History => "history",
                _ => "backup",
            };
            await RowAsync(kind, new(mark.Timeline, mark.Place, mark.Place, mark.StoredAt));
        }

        await rows.CompleteAsync(cancellationToken);

        async Task RowAsync(string kind, Run run)
        {
            await rows.StartRowAsync(cancellationToken);
            await rows.WriteAsync(options.Server, NpgsqlDbType.Text, cancellationToken);
            await rows.WriteAsync(options.Storage, NpgsqlDbType.Text, cancellationToken);
            await rows.WriteAsync(kind, NpgsqlDbType.Text, cancellationToken);
            await rows.WriteAsync((long)run.Timeline, NpgsqlDbType.Bigint, cancellationToken);
            await rows.WriteAsync(run.First, NpgsqlDbType.Bigint, cancellationToken);
            await rows.WriteAsync(run.Last, NpgsqlDbType.Bigint, cancellationToken);
            if (run.StoredAt == Runs.Unknown)
                await rows.WriteNullAsync(cancellationToken);
            else
                await rows.WriteAsync(
                    // What is stored later than it was listed has the time of a clock that is wrong.
                    (Time(run.StoredAt) < listedAt ? Time(run.StoredAt) : listedAt).UtcDateTime,
                    NpgsqlDbType.TimestampTz,
                    cancellationToken
                );
        }
    }

    static DateTimeOffset Time(long microseconds) => DateTimeOffset.UnixEpoch + TimeSpan.FromMicroseconds(microseconds);
}
