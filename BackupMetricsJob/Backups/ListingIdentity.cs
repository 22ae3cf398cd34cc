namespace BackupMetricsJob.Backups;

/// <summary>
/// Checks whether a listing belongs to the archive of the server under whose name it was imported. Segment names and numbers are the same
/// on all servers. So a listing is foreign only if it contains WAL that this server cannot have written.
/// </summary>
internal static class ListingIdentity
{
    const string Fix =
        "Import the listing of this server's own archive, with --allow-empty, since the one before ends elsewhere: a --server and a folder "
        + "that belong together. If the server was made anew under its old name, list the new archive, and take a full backup: "
        + "docs/evidence.md.";

    /// <summary>Removes other servers' listings from a result, and reports them as a failure of the source.</summary>
    public static ProbeResult WithoutOtherServers(ProbeResult result)
    {
        if (result is not { Archive: { } archive, Server: { } server })
            return result;
        var asked = server.Now - (result.ClockOffset ?? TimeSpan.Zero);
        var own = new List<ArchiveListing>();
        var failures = new List<SourceFailure>();
        foreach (var listing in archive.Listings)
        {
            if (WhyAnother(listing, server, asked) is { } why)
                failures.Add(new(SourceName.Catalog, Failure(result.Instance.Name, listing, why)));
            else
                own.Add(listing);
        }

        if (failures.Count == 0)
            return result;
        return result with
        {
            // The target's own source failed, so its probe did.
            Failure = result.Failure ?? (result.Instance.Sources.Contains(SourceName.Catalog) ? failures[0].Failure : null),
            Archive = own.Count == 0 ? null : archive with { Listings = own },
            SourceFailures = [.. result.SourceFailures, .. failures],
            SourcesThatAnswered = [.. result.SourcesThatAnswered.Where(source => source != SourceName.Catalog)],
        };
    }

    static string? WhyAnother(ArchiveListing listing, ServerEvidence server, DateTimeOffset asked)
    {
        if (server.Wal is not { } wal || listing.Segments.Count == 0)
            return null;
        if (listing.SegmentSize is { } size && size != wal.SegmentSize)
            return $"its segments have {Humanize.Bytes(size)}, and the server's have {Humanize.Bytes(wal.SegmentSize)}";
        // A listing imported after the server was queried may contain WAL that the server has written since.
        if (server.WrittenLsn is not { } written || wal.Timeline is not { } timeline || !(listing.ImportedAt <= asked))
            return null;
        var last = listing.Segments.Where(range => range.Timeline == timeline).Select(range => range.Last).DefaultIfEmpty(-1).Max();
        if (last >= 0 && Begin(last) >= written)
            return $"it ends with {SegmentName.Format(timeline, last)}, and the server has written WAL up to {Humanize.Lsn(written)} only, "
                + $"which is in {SegmentName.Format(timeline, SegmentName.Place(Math.Max(0, written - 1), wal.SegmentSize))}";
        // A newer timeline may come from a trial restore, but not all timelines in the archive can.
        var oldest = listing.Segments.Min(range => range.Timeline);
        return oldest > timeline ? $"it begins on timeline {oldest}, and the server writes timeline {timeline}" : null;

        long Begin(long place) => (place >> 32 << 32) + ((place & uint.MaxValue) * wal.SegmentSize);
    }

    static ProbeFailure Failure(string name, ArchiveListing listing, string why) =>
        new(
            FailureReason.BadData,
            $"source catalog: the listing of {Humanize.Time(listing.ListedAt ?? default)} of the archive \"{listing.Storage}\" of {name} "
                + $"is another server's: {why}"
        )
        {
            Advice = Fix,
        };
}
