using BackupMetricsJob.Backups;
using BackupMetricsJob.Catalog.Import.Archive;
using BackupMetricsJob.Postgres;
using Npgsql;

namespace BackupMetricsJob.Catalog;

/// <summary>
/// Refuses a readable listing that is empty, older than the one in the catalogue, or truncated. The message says how to have it accepted.
/// </summary>
internal static class ArchiveListingChecks
{
    /// <summary>
    /// The same listing may be imported from standard input, which is dated now, and from a file, whose time comes from the kernel's
    /// coarser clock.
    /// </summary>
    static readonly TimeSpan SameListing = TimeSpan.FromSeconds(1);

    /// <summary>Null if the listing may replace the previous one.</summary>
    public static async Task<string?> RefusalAsync(
        CatalogSession session,
        ArchiveListingOptions options,
        ParsedArchiveListing listed,
        DateTimeOffset listedAt,
        CancellationToken cancellationToken
    )
    {
        var others = listed.OtherFiles == 0 ? "" : $", only other files like \"{PlainText.OnOneLine(listed.FirstOther!, 200)}\"";
        bool isKnown;
        var before = DateTimeOffset.MinValue;
        long names = 0;
        string? endsEarlier = null;
        await using (var known = session.Command(SqlText.Load("archive_known"), options.Server, options.Storage))
        await using (var row = await known.ExecuteReaderAsync(cancellationToken))
        {
            isKnown = await row.ReadAsync(cancellationToken) && !row.IsNull("listed_at");
            if (isKnown)
                (before, names, endsEarlier) = (row.Time("listed_at"), row.Long("names"), EndsEarlier(listed, row));
        }

        if (listed.Names == 0 && !options.AllowEmpty)
        {
            return $"the listing names no WAL segment{others}. "
                + (
                    isKnown
                        ? $"The catalogue's has {Humanize.Segments(names)}: if they are really gone, use --allow-empty"
                        : "Is it the right folder, and the right --wal-segment-size? If the archive is really empty, use --allow-empty"
                );
        }

        if (isKnown && before - listedAt >= SameListing && !await IsSameAsync(session, options, listed, cancellationToken))
            return $"the listing was made at {Humanize.Time(listedAt)}, and the catalogue has a newer one, of {Humanize.Time(before)}"
                + (options.ListedAt is null ? "" : ". If it was made later than its file says, say when with --listed-at");
        return endsEarlier is not null && !options.AllowEmpty
            ? $"the listing {endsEarlier} that of {Humanize.Time(before)}: it is cut off, or the newest "
                + "WAL is gone from the archive. If it really is, use --allow-empty"
            : null;
    }

    /// <summary>A listing truncated at the end of a line looks complete. But a purge never removes an archive's newest WAL.</summary>
    static string? EndsEarlier(ParsedArchiveListing listed, NpgsqlDataReader known)
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

    /// <summary>
    /// Whether the listing is identical to that in the catalogue. Then it is not older, whatever the clocks say: a listing that came
    /// through a pipe, and so was dated now, may be imported again from a file that kept it.
    /// </summary>
    static async Task<bool> IsSameAsync(
        CatalogSession session,
        ArchiveListingOptions options,
        ParsedArchiveListing listed,
        CancellationToken cancellationToken
    )
    {
        var known = new HashSet<(string Kind, long Timeline, long First, long Last)>();
        await using var ranges = session.Command(SqlText.Load("archive_ranges"), options.Server, options.Storage);
        await using var row = await ranges.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            known.Add((row.Text("kind"), row.Long("timeline"), row.Long("first_segment"), row.Long("last_segment")));
        return known.SetEquals(
            listed.Ranges().Select(range => (range.Kind, (long)range.Range.Timeline, range.Range.First, range.Range.Last))
        );
    }
}
