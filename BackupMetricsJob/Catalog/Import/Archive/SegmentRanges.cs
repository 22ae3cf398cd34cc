using System.Runtime.InteropServices;

namespace BackupMetricsJob.Catalog.Import.Archive;

/// <summary>Consecutive segments of a timeline.</summary>
/// <param name="StoredAt">When the last segment was stored, in microseconds since 1970; <see cref="SegmentRanges.Unknown"/> if
/// unknown.</param>
internal readonly record struct SegmentRange(uint Timeline, long First, long Last, long StoredAt);

/// <summary>Collects segments in any order. Segments in order are merged at once; others are kept and sorted from time to time.</summary>
internal sealed class SegmentRanges
{
    public const long Unknown = long.MinValue;

    const int MinToCompact = 16 * 1024;

    List<SegmentRange> _ranges = [];
    int _compactAt = MinToCompact;

    public long Count { get; private set; }

    public void Add(uint timeline, long first, long last, long storedAt, long count = 1)
    {
        Count += count;
        if (_ranges is [.., var range] && range.Timeline == timeline && range.Last + 1 == first)
            CollectionsMarshal.AsSpan(_ranges)[^1] = range with { Last = last, StoredAt = storedAt };
        else
            _ranges.Add(new(timeline, first, last, storedAt));
        if (_ranges.Count < _compactAt)
            return;
        _ranges = Merged(segmentsPerLog: 0);
        _compactAt = Math.Max(MinToCompact, _ranges.Count * 2);
    }

    public void Add(SegmentRanges others)
    {
        _ranges.AddRange(others._ranges);
        Count += others.Count;
    }

    /// <summary>The ranges in order, each as long as possible.</summary>
    /// <param name="segmentsPerLog">The number of segments per log number (the middle part of a name); 0 if unknown.</param>
    public List<SegmentRange> Merged(long segmentsPerLog)
    {
        _ranges.Sort((a, b) => (a.Timeline, a.First, a.Last).CompareTo((b.Timeline, b.First, b.Last)));
        var merged = new List<SegmentRange>();
        foreach (var range in _ranges)
        {
            if (merged is [.., var last] && last.Timeline == range.Timeline && range.First <= Next(last.Last, segmentsPerLog))
            {
                var end =
                    range.Last > last.Last ? range
                    : range.Last < last.Last ? last
                    : range.StoredAt < last.StoredAt && range.StoredAt != Unknown ? range
                    : last;
                merged[^1] = last with { Last = end.Last, StoredAt = end.StoredAt };
            }
            else
                merged.Add(range);
        }

        return merged;
    }

    static long Next(long place, long segmentsPerLog) =>
        segmentsPerLog > 0 && (place & uint.MaxValue) == segmentsPerLog - 1 ? ((place >> 32) + 1) << 32 : place + 1;
}
