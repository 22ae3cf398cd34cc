using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Catalog.Import.Archive;

/// <summary>A file that is not a complete segment: a partial segment, a timeline history file or a backup history file.</summary>
internal readonly record struct Mark(WalFileKind Kind, uint Timeline, long Place, long StoredAt);

/// <summary>The content of one folder of a listing, including the subfolders with 16 digits into which tools sort segments.</summary>
/// <param name="path">The path without these subfolders; empty for the listing's root.</param>
internal sealed class ArchiveFolder(string path)
{
    /// <summary>Complete segments with a file extension, whose size tells nothing.</summary>
    readonly SegmentRanges _packed = new();

    /// <summary>Segments without an extension whose size is not a segment size.</summary>
    readonly SegmentRanges _odd = new();

    /// <summary>Segments without an extension, by size.</summary>
    readonly SortedDictionary<long, SegmentRanges> _whole = [];

    public string Path { get; } = path;

    /// <summary>Files that are not segments, but tell something about them.</summary>
    public List<Mark> Marks { get; } = [];

    /// <summary>Segments of any size.</summary>
    public long Segments => _packed.Count + _odd.Count + _whole.Values.Sum(ranges => ranges.Count);

    /// <summary>
    /// The number of files that are not as long as a segment although the others are. These are incomplete and do not count as segments.
    /// </summary>
    public long Broken { get; private set; }

    /// <summary>The segment size, if the files show it; otherwise null.</summary>
    public long? SegmentSize { get; private set; }

    /// <param name="size">Null if the listing does not tell.</param>
    public void Add(in WalName name, long? size, long storedAt)
    {
        if (size == 0)
            Broken += name.Kind == WalFileKind.Segment ? 1 : 0;
        else if (name.Kind != WalFileKind.Segment)
            Marks.Add(new(name.Kind, name.Timeline, name.Place, storedAt));
        else
            RangesFor(name, size).Add(name.Timeline, name.Place, name.Place, storedAt);
    }

    /// <summary>Adds a range that a tool has counted.</summary>
    public void AddRange(uint timeline, long first, long last, long count, long segmentSize)
    {
        _packed.Add(timeline, first, last, SegmentRanges.Unknown, count);
        if (segmentSize > 0)
            SegmentSize = segmentSize;
    }

    /// <summary>The complete segments, in order. A file shorter than the others is incomplete: its upload was interrupted.</summary>
    /// <param name="segmentSize">The segment size that the user gave; null for none.</param>
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
