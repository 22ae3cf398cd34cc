using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Catalog.Import.Archive;

/// <summary>A file beside the segments: the end of a timeline, where one comes from, or where a base backup begins.</summary>
internal readonly record struct Mark(WalFileKind Kind, uint Timeline, long Place, long StoredAt);

/// <summary>
/// What one folder of a listing holds, with the folders of 16 digits in it that the tools sort segments into.
/// </summary>
/// <param name="path">Without them; empty for the listing's own root.</param>
internal sealed class ArchiveFolder(string path)
{
    /// <summary>Whole segments with an ending, whose size says nothing.</summary>
    readonly SegmentRanges _packed = new();

    /// <summary>Those without one whose size is not that of a segment.</summary>
    readonly SegmentRanges _odd = new();

    /// <summary>Those without one, by their size.</summary>
    readonly SortedDictionary<long, SegmentRanges> _whole = [];

    public string Path { get; } = path;

    /// <summary>What is no segment, and tells something of them.</summary>
    public List<Mark> Marks { get; } = [];

    /// <summary>Segments of any size.</summary>
    public long Segments => _packed.Count + _odd.Count + _whole.Values.Sum(ranges => ranges.Count);

    /// <summary>Files that are not as long as a segment, where the others are; they are not whole, and not counted.</summary>
    public long Broken { get; private set; }

    /// <summary>The size of a segment, where the files show it; null else.</summary>
    public long? SegmentSize { get; private set; }

    /// <param name="size">Null where the listing does not say.</param>
    public void Add(in WalName name, long? size, long storedAt)
    {
        if (size == 0)
            Broken += name.Kind == WalFileKind.Segment ? 1 : 0;
        else if (name.Kind != WalFileKind.Segment)
            Marks.Add(new(name.Kind, name.Timeline, name.Place, storedAt));
        else
            RangesFor(name, size).Add(name.Timeline, name.Place, name.Place, storedAt);
    }

    /// <summary>A range that a tool has counted.</summary>
    public void AddRange(uint timeline, long first, long last, long count, long segmentSize)
    {
        _packed.Add(timeline, first, last, SegmentRanges.Unknown, count);
        if (segmentSize > 0)
            SegmentSize = segmentSize;
    }

    /// <summary>The whole segments, in order. A file that is shorter than the others is not whole: its upload broke off.</summary>
    /// <param name="segmentSize">What the user says it is; null: nothing.</param>
    public SegmentRanges Whole(long? segmentSize)
    {
        var exact = _whole.Count == 0 ? 0 : _whole.MaxBy(ranges => ranges.Value.Count).Key;
        SegmentSize = segmentSize ?? SegmentSize ?? (_whole.Count > 0 && _whole[exact].Count >= _odd.Count ? exact : null);
        var all = new SegmentRanges();
        all.Add(_packed);
        foreach (var (size, ranges) in _whole)
            Take(size == SegmentSize || SegmentSize is null, ranges);
        Take(!(SegmentSize is { } known && _whole.TryGetValue(known, out var right) && right.Count >= _odd.Count), _odd);
        return all;

        void Take(bool areWhole, SegmentRanges ranges)
        {
            if (areWhole)
                all.Add(ranges);
            else
                Broken += ranges.Count;
        }
    }

    SegmentRanges RangesFor(in WalName name, long? size)
    {
        if (!name.IsPlain || size is null)
            return _packed;
        if (!WalSegmentSize.IsPossible(size.Value))
            return _odd;
        if (!_whole.TryGetValue(size.Value, out var ranges))
            _whole.Add(size.Value, ranges = new());
        return ranges;
    }
}
