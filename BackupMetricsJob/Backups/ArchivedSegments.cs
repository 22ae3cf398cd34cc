namespace BackupMetricsJob.Backups;

/// <summary>
/// The segments of a listing by number, on all timelines, and the path that a restore takes through them: on the timeline of its backup,
/// and on to the next one in the segment in which that begins, as far as there are history files one after the other. That is what
/// recovery_target_timeline = latest does.
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

    /// <summary>Segments that follow one another.</summary>
    internal sealed record StoredRange(long First, long Last, DateTimeOffset? StoredAt);

    /// <summary>A part of the path: the segments of one timeline, the last included.</summary>
    internal sealed record TimelineRange(long Timeline, long First, long Last);

    public IEnumerable<long> Timelines => _stored.Keys;

    /// <summary>The number of the first segment that is listed, whatever its timeline.</summary>
    public long? First => _stored.Count == 0 ? null : _stored.Values.Min(of => of[0].First);

    public long Number(long place) => ((place >> 32) * _perLog) + (place & uint.MaxValue);

    public string Name(long timeline, long number) => SegmentName.Format(timeline, (number / _perLog << 32) | (number % _perLog));

    public bool HasHistory(long timeline) => _histories.Contains(timeline);

    /// <summary>The number of the newest segment of a timeline.</summary>
    public long? Last(long timeline) => _stored.TryGetValue(timeline, out var of) ? of[^1].Last : null;

    /// <summary>
    /// The number of the segment in which a timeline begins: of its first one that is listed, or of an unfinished one of an older
    /// timeline, which the server that began it has archived, and which belongs to no other timeline.
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

    /// <param name="timeline">The one that the backup began on.</param>
    /// <param name="start">The number of the segment that it begins in.</param>
    /// <param name="until">The timeline that the server writes, where it is known: none after that is followed.</param>
    public IReadOnlyList<TimelineRange> RestorePath(long timeline, long start, long? until)
    {
        var steps = new List<(long Timeline, long Begin)> { (timeline, start) };
        for (var next = timeline + 1; HasHistory(next) && !(next > until); next++)
        {
            if (Begin(next) is not { } begin)
                continue;
            if (begin < start)
                continue; // It left before the backup began, so it does not come from there.
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
    /// Which of the timelines on the path another one comes from. The names do not say it, but the unfinished segment of its parent does,
    /// or else that its parent goes on until there; a timeline that somebody made by a trial restore, and that ends before, is none.
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

    /// <summary>How many segments are missing in a range, and the first of them; null where none is.</summary>
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

    /// <summary>When a segment was stored that the next one does not follow; null where that is not known.</summary>
    public DateTimeOffset? StoredAt(long timeline, long number) =>
        _stored.TryGetValue(timeline, out var of) ? of.Find(stored => stored.Last == number)?.StoredAt : null;
}
