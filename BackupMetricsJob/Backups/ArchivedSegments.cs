namespace BackupMetricsJob.Backups;

/// <summary>
/// The segments of a listing by number, on all timelines, and the path of a restore through them. A restore starts on the timeline of its
/// backup. It switches to the next timeline in the segment in which that one begins, as long as the history files are consecutive. That is
/// what recovery_target_timeline = latest does.
/// </summary>
internal sealed class ArchivedSegments
{
    readonly Dictionary<long, List<StoredRange>> _stored = [];
    readonly List<(long Timeline, long Number)> _partials = [];
    readonly IReadOnlyCollection<long> _histories;
    readonly long _perLog;

    public ArchivedSegments(ArchiveListing listing, long segmentSize)
    {
        _perLog = (1L << 32) / segmentSize;
        _histories = listing.Histories;
        foreach (var range in listing.Segments.OrderBy(range => range.Timeline).ThenBy(range => range.First))
        {
            if (!_stored.TryGetValue(range.Timeline, out var of))
                _stored.Add(range.Timeline, of = []);
            var (first, last) = (Number(range.First), Number(range.Last));
            if (of is [.., var before] && first <= before.Last + 1)
                of[^1] = before with
                {
                    Last = Math.Max(last, before.Last),
                    StoredAt = last >= before.Last ? range.StoredAt : before.StoredAt,
                };
            else
                of.Add(new(first, last, range.StoredAt));
        }

        foreach (var partial in listing.Partials)
            _partials.Add((partial.Timeline, Number(partial.First)));
    }

    /// <summary>Consecutive segments.</summary>
    internal sealed record StoredRange(long First, long Last, DateTimeOffset? StoredAt);

    /// <summary>A part of the path: consecutive segments of one timeline, both ends included.</summary>
    internal sealed record TimelineRange(long Timeline, long First, long Last);

    public IEnumerable<long> Timelines => _stored.Keys;

    /// <summary>The lowest segment number in the listing, on any timeline.</summary>
    public long? First => _stored.Count == 0 ? null : _stored.Values.Min(of => of[0].First);

    public long Number(long place) => ((place >> 32) * _perLog) + (place & uint.MaxValue);

    public string Name(long timeline, long number) => SegmentName.Format(timeline, (number / _perLog << 32) | (number % _perLog));

    public bool HasHistory(long timeline) => _histories.Contains(timeline);

    /// <summary>The number of the newest segment of a timeline.</summary>
    public long? Last(long timeline) => _stored.TryGetValue(timeline, out var of) ? of[^1].Last : null;

    /// <summary>
    /// The number of the segment in which a timeline begins. That is its first listed segment, or a partial segment of an older timeline
    /// that belongs to no other timeline. The server that begins a timeline archives that partial segment.
    /// </summary>
    public long? Begin(long timeline)
    {
        var first = FirstOf(timeline);
        long? begin = null;
        foreach (var (before, number) in _partials)
        {
            if (before < timeline && !(number > first) && (number == first || !_stored.Keys.Any(other => IsBegunBy(other, before, number))))
                begin = begin > number ? begin : number;
        }

        return begin ?? first;

        bool IsBegunBy(long other, long before, long number) => other > before && FirstOf(other) == number;
    }

    long? FirstOf(long timeline) => _stored.TryGetValue(timeline, out var of) ? of[0].First : null;

    /// <param name="timeline">The timeline on which the backup started.</param>
    /// <param name="start">The number of the segment in which the backup starts.</param>
    /// <param name="until">The timeline that the server writes, if known. No later timeline is followed.</param>
    public IReadOnlyList<TimelineRange> RestorePath(long timeline, long start, long? until)
    {
        var steps = new List<(long Timeline, long Begin)> { (timeline, start) };
        for (var next = timeline + 1; HasHistory(next) && !(next > until); next++)
        {
            if (Begin(next) is not { } begin)
                continue;
            if (begin < start)
                continue; // It branched off before the backup started, so it is no descendant of the backup's timeline.
            var parent = ParentOf(steps, begin);
            steps.RemoveRange(parent + 1, steps.Count - parent - 1);
            steps.Add((next, begin));
        }

        var ranges = new List<TimelineRange>();
        for (var i = 0; i < steps.Count; i++)
        {
            var (of, from) = steps[i];
            var last = i + 1 < steps.Count ? steps[i + 1].Begin - 1 : Math.Max(from - 1, Last(of) ?? 0);
            if (last >= from || i + 1 == steps.Count)
                ranges.Add(new(of, from, last));
        }

        return ranges;
    }

    /// <summary>
    /// The timeline on the path that another one branched off from. The names do not tell. The parent's partial segment does, or else the
    /// parent reaches up to the branch point. A timeline left by a trial restore ends earlier, so it is no parent.
    /// </summary>
    int ParentOf(List<(long Timeline, long Begin)> steps, long begin)
    {
        var newest = Math.Max(0, steps.FindLastIndex(step => step.Begin < begin));
        for (var i = newest; i >= 0; i--)
        {
            if (_partials.Contains((steps[i].Timeline, begin)))
                return i;
        }

        for (var i = newest; i >= 0; i--)
        {
            if (steps[i].Begin == begin || Has(steps[i].Timeline, begin - 1))
                return i;
        }

        return newest;
    }

    public bool Has(long timeline, long number) =>
        _stored.TryGetValue(timeline, out var of) && of.Exists(stored => stored.First <= number && number <= stored.Last);

    /// <summary>The first missing segment in a range, and how many are missing; null if none is.</summary>
    public (long Number, long Count)? Missing(TimelineRange range)
    {
        long? first = null;
        var count = 0L;
        var next = range.First;
        foreach (var stored in _stored.TryGetValue(range.Timeline, out var of) ? of : [])
        {
            if (stored.Last < next || stored.First > range.Last)
                continue;
            if (stored.First > next)
            {
                first ??= next;
                count += stored.First - next;
            }

            next = stored.Last + 1;
        }

        if (next <= range.Last)
        {
            first ??= next;
            count += range.Last + 1 - next;
        }

        return first is { } number ? (number, count) : null;
    }

    /// <summary>When the last segment of a consecutive range was stored; null if unknown.</summary>
    public DateTimeOffset? StoredAt(long timeline, long number) =>
        _stored.TryGetValue(timeline, out var of) ? of.Find(stored => stored.Last == number)?.StoredAt : null;
}
