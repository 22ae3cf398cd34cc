namespace BackupMetricsJob.Backups;

/// <summary>Searches one archive for gaps, to compute its <see cref="ArchiveCoverage"/>.</summary>
internal sealed class ArchiveGapSearch(
    ArchiveListing listing,
    DateTimeOffset listedAt,
    ArchivedSegments map,
    long segmentSize,
    ArchiveClaim? claim
)
{
    /// <param name="backups">The backups, newest first.</param>
    public ArchiveCoverage Compute(IReadOnlyList<ArchivedBackup> backups)
    {
        var needs = backups.Select(backup => (Backup: backup, Need: NeedOf(backup))).ToList();
        var (with, without) = (new List<ArchivedBackup>(), new List<ArchivedBackup>());
        var windows = new Dictionary<(string Source, string Tool), ArchiveWindow>();
        ArchiveCoverage? reached = null;
        EarlierHole? earlier = null;
        (ArchivedBackup Backup, Need Need)? first = null;
        foreach (var (backup, need) in needs)
        {
            if (backup.IsBroken || need is null)
                continue;
            var gap = OwnGap(need, backup);
            // A listing made before the backup ended cannot have the backup's last WAL.
            if (gap is not null && backup.Finished > listedAt)
                continue;
            var reach = gap is null ? Reach(backup, need, backups) with { Start = need.Start } : null;
            if (IsWindow(backup))
                windows[(backup.Source, backup.Tool)] = Window(
                    windows.GetValueOrDefault((backup.Source, backup.Tool)),
                    backup,
                    need,
                    reach
                );
            if (!backup.IsOfNewest)
                continue;
            if (reach is not null)
            {
                with.Add(backup);
                if (reached is not null && !backup.IsKeptForEver)
                    earlier ??= HoleBefore(reached, reach);
                reached ??= reach;
            }
            else if (reached is null || need.Start >= map.First)
                without.Add(backup);
            first ??= (backup, need);
        }

        return (reached, first) switch
        {
            ({ } whole, _) => whole with { WithoutWal = without, WithWal = with, Earlier = earlier, Windows = [.. windows.Values] },
            (_, { } newest) => NothingRestorable(newest.Backup, newest.Need, backups) with
            {
                WithoutWal = without,
                Windows = [.. windows.Values.Select(window => window with { Start = null })],
            },
            _ => new(listing) { UnknownReason = WhyUnknown(backups) },
        };
    }

    static bool IsWindow(ArchivedBackup backup) => backup is { Type: BackupType.Full or BackupType.Base, IsKeptForEver: false };

    /// <param name="known">The window that the newer backups yield.</param>
    ArchiveWindow Window(ArchiveWindow? known, ArchivedBackup backup, Need need, ArchiveCoverage? reach)
    {
        if (reach is { FirstMissing: null })
            return new(backup.Source, backup.Tool, backup.Finished);
        var window = known ?? new(backup.Source, backup.Tool, null);
        if (window.Missing is not null)
            return window;
        return window with
        {
            Missing = reach?.FirstMissing ?? map.Name(need.Timeline, OwnGap(need, backup) ?? need.Start),
            BeginsBeforeListing = need.Start < map.First,
        };
    }

    static EarlierHole? HoleBefore(ArchiveCoverage newest, ArchiveCoverage older) =>
        older is { Base: { } from, FirstMissing: { } missing } && older.End + 1 < newest.Start
            ? new(from, missing, older.LastReplayed)
            : null;

    string WhyUnknown(IReadOnlyList<ArchivedBackup> backups) =>
        backups.Count == 0 ? "no base backup is known whose WAL could be looked for"
        : backups.All(backup => backup.IsBroken) ? "what the known backups build on is gone"
        : backups.FirstOrDefault(backup => !backup.IsBroken && NeedOf(backup) is not null) is { } newest
            ? $"it was made at {Humanize.Time(listedAt)}, before the newest known backup was done, at {Humanize.Time(newest.Finished)}"
        : "no source says where in the WAL the known backups begin";

    /// <summary>The WAL that a backup needs to be consistent, as the numbers of its first and last segment.</summary>
    sealed record Need(long Timeline, long Start, long? Stop);

    Need? NeedOf(ArchivedBackup backup)
    {
        var place = SegmentName.Place(backup.StartSegment) ?? (backup.StartLsn is { } lsn ? SegmentName.Place(lsn, segmentSize) : null);
        var timeline = SegmentName.Timeline(backup.StartSegment) ?? backup.Timeline;
        if (place is null || timeline is null)
        {
            // The archive has a backup history file for each base backup. It names the start segment, and was stored when the backup was
            // done.
            var mark = listing
                .BackupStarts.Where(start => (start.StoredAt - backup.Finished)?.Duration() <= ClockTolerance.Max)
                .MinBy(start => (start.StoredAt!.Value - backup.Finished).Duration());
            return mark is null ? null : new(mark.Timeline, map.Number(mark.First), null);
        }

        var stop = SegmentName.Place(backup.StopSegment) ?? (backup.StopLsn is { } end ? SegmentName.Place(end - 1, segmentSize) : null);
        var start = map.Number(place.Value);
        return new(timeline.Value, start, stop is { } last && map.Number(last) >= start ? map.Number(last) : null);
    }

    IReadOnlyList<ArchivedSegments.TimelineRange> RestorePath(Need need) => map.RestorePath(need.Timeline, need.Start, claim?.Timeline);

    /// <summary>The number of the first missing segment among those a backup needs to be consistent; null if none is missing.</summary>
    long? OwnGap(Need need, ArchivedBackup backup)
    {
        if (backup.CarriesItsWal)
            return null;
        var (path, end) = (RestorePath(need), need.Stop ?? need.Start);
        foreach (var range in path)
        {
            if (range.First <= end && map.Missing(range with { Last = Math.Min(range.Last, end) }) is { } missing)
                return missing.Number;
            if (range.Last >= end)
                return null;
        }

        return Math.Max(need.Start, path[^1].Last + 1);
    }

    ArchiveCoverage Reach(ArchivedBackup backup, Need need, IReadOnlyList<ArchivedBackup> backups)
    {
        var timeline = need.Timeline;
        var end = need.Start - 1;
        string? firstMissing = null;
        var count = 0L;
        var path = RestorePath(need);
        foreach (var range in path)
        {
            var missing = map.Missing(range);
            var last = missing?.Number - 1 ?? range.Last;
            if (count == 0 && last >= range.First)
            {
                timeline = range.Timeline;
                end = last;
            }

            if (missing is null)
                continue;
            if (count == 0)
                firstMissing = map.Name(range.Timeline, missing.Value.Number);
            count += missing.Value.Count;
        }

        var newest = path[^1];
        if (count == 0 && HistoryMissingAfter(newest) is { } lost)
        {
            firstMissing = $"{lost:X8}.history";
            count = 1;
        }

        string? endsTooEarly = null;
        if (Beyond(newest, backups) is { } beyond && beyond.First != firstMissing)
        {
            endsTooEarly = firstMissing is null ? beyond.Why : null;
            firstMissing ??= beyond.First;
            count += beyond.Count;
        }

        var until = end < need.Start ? null : map.StoredAt(timeline, end);
        var isConsistent = IsConsistent(backup, need, end, until, firstMissing is not null);
        return new(listing)
        {
            Base = isConsistent ? backup : null,
            Missing = count,
            FirstMissing = firstMissing,
            LastReplayed = end < need.Start ? null : map.Name(timeline, end),
            RecoverableUntil =
                !isConsistent ? null
                : until > backup.Finished ? until
                : backup.Finished,
            UntilIsLatest = isConsistent && until > backup.Finished,
            Timeline = timeline,
            End = end,
            EndsTooEarly = endsTooEarly,
        };
    }

    /// <summary>What is missing after the end of a path although it is known to have been archived before the listing was made.</summary>
    (string First, long Count, string Why)? Beyond(ArchivedSegments.TimelineRange newest, IReadOnlyList<ArchivedBackup> backups)
    {
        var beyond = Expected(backups).Where(IsMissing).MaxBy(expected => (expected.Timeline, expected.Number));
        if (beyond is null)
            return null;
        if (LostHistory(newest.Timeline, beyond.Timeline) is { } lost)
            return ($"{lost:X8}.history", 1, beyond.Why);
        // If nothing of a timeline is listed, its start is unknown, but it cannot be later than this segment.
        var first = Math.Min(newest.Last + 1, beyond.Number);
        return (map.Name(beyond.Timeline, first), beyond.Number - first + 1, beyond.Why);

        bool IsMissing(Known expected) =>
            !map.Has(expected.Timeline, expected.Number)
            && !(expected.Timeline > claim?.Timeline)
            && (expected.Timeline > newest.Timeline || (expected.Timeline == newest.Timeline && expected.Number > newest.Last));
    }

    /// <summary>A segment that was archived before the listing was made, and how the job knows it.</summary>
    sealed record Known(long Timeline, long Number, string Why);

    IEnumerable<Known> Expected(IReadOnlyList<ArchivedBackup> backups)
    {
        if (claim?.NewestAt(listedAt, listing.Segments.Max(range => range.StoredAt)) is { } newest)
            yield return new(claim.Timeline, newest, "the server says that it was archived");
        if (SegmentName.Place(listing.Archived) is { } place && SegmentName.Timeline(listing.Archived) is { } timeline)
            yield return new(timeline, map.Number(place), $"the server had archived {listing.Archived} before it was listed");
        foreach (var backup in backups.Where(backup => backup.Finished <= listedAt && !backup.CarriesItsWal))
        {
            if (NeedOf(backup) is { Stop: { } stop } need)
                yield return new(
                    SegmentName.Timeline(backup.StopSegment) ?? need.Timeline,
                    stop,
                    $"the {backup.Type.Name()} backup of {Humanize.Time(backup.Finished)} needs WAL up to {map.Name(need.Timeline, stop)}"
                );
        }
    }

    // If the backup's last segment is unknown, WAL that was stored after the backup proves that the backup's own WAL is there.
    static bool IsConsistent(ArchivedBackup backup, Need need, long end, DateTimeOffset? until, bool hasHole) =>
        need.Stop is not null || !hasHole || backup.CarriesItsWal || (end > need.Start && until > backup.Finished);

    ArchiveCoverage NothingRestorable(ArchivedBackup backup, Need need, IReadOnlyList<ArchivedBackup> backups)
    {
        var gap = OwnGap(need, backup) ?? need.Start;
        var path = RestorePath(need);
        var own = (need.Stop ?? need.Start) - gap + 1;
        var count = path.Sum(range => map.Missing(range)?.Count ?? 0) + (Beyond(path[^1], backups)?.Count ?? 0);
        return new(listing)
        {
            Missing = Math.Max(count, own),
            FirstMissing = map.Name(path.LastOrDefault(range => range.First <= gap)?.Timeline ?? need.Timeline, gap),
            BeginsTooLate = gap == need.Start && map.First > gap,
            Timeline = need.Timeline,
            End = gap - 1,
        };
    }

    /// <summary>
    /// The first lost history file of a timeline that continues after the end of the path; a restore cannot find that timeline. Null if
    /// none is lost.
    /// </summary>
    long? HistoryMissingAfter(ArchivedSegments.TimelineRange last)
    {
        foreach (var timeline in map.Timelines.Where(other => other > last.Timeline && !(other > claim?.Timeline)).Order())
        {
            if (map.Begin(timeline) >= last.First && map.Last(timeline) > last.Last && LostHistory(last.Timeline, timeline) is { } lost)
                return lost;
        }

        return null;
    }

    /// <summary>
    /// The first timeline after <paramref name="after"/>, up to <paramref name="upTo"/>, whose history file is missing. A restore stops
    /// there.
    /// </summary>
    long? LostHistory(long after, long upTo)
    {
        for (var timeline = after + 1; timeline <= upTo; timeline++)
        {
            if (!map.HasHistory(timeline))
                return timeline;
        }

        return null;
    }
}
