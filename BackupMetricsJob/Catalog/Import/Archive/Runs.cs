using System.Runtime.InteropServices;

namespace BackupMetricsJob.Catalog.Import.Archive;

/// <summary>Segments that follow one another on a timeline.</summary>
/// <param name="StoredAt">When the last of them was stored, in microseconds since 1970; <see cref="Runs.Unknown"/> where that is not
/// known.</param>
internal readonly record struct Run(uint Timeline, long First, long Last, long StoredAt);

/// <summary>Collects segments in any order. What comes in order takes no memory, what does not is put in order now and then.</summary>
internal sealed class Runs
{
    public const long Unknown = long.MinValue;

    const int MinToCompact = 16 * 1024;

    List<Run> _runs = [];
    int _compactAt = MinToCompact;

    public long Count { get; private set; }

    public void Add(uint timeline, long first, long last, long storedAt, long count = 1)
    {
        Count += count;
        if (_runs is [.., var run] && run.Timeline == timeline && run.Last + 1 == first)
            CollectionsMarshal.AsSpan(_runs)[^1] = run with { Last = last, StoredAt = storedAt };
        else
            _runs.Add(new(timeline, first, last, storedAt));
        if (_runs.Count < _compactAt)
            return;
        _runs = Merged(segmentsPerLog: 0);
        _compactAt = Math.Max(MinToCompact, _runs.Count * 2);
    }

    public void Add(Runs others)
    {
        _runs.AddRange(others._runs);
        Count += others.Count;
    }

    /// <summary>In their order, each as long as it can be.</summary>
    /// <param name="segmentsPerLog">How many segments one first part of a name has; 0 where that is not known.</param>
    public List<Run> Merged(long segmentsPerLog)
    {
        _runs.Sort((a, b) => (a.Timeline, a.First, a.Last).CompareTo((b.Timeline, b.First, b.Last)));
        var merged = new List<Run>();
        foreach (var run in _runs)
        {
            if (merged is [.., var last] && last.Timeline == run.Timeline && run.First <= Next(last.Last, segmentsPerLog))
            {
                var end =
                    run.Last > last.Last ? run
                    : run.Last < last.Last ? last
                    : run.StoredAt < last.StoredAt && run.StoredAt != Unknown ? run
                    : last;
                merged[^1] = last with { Last = end.Last, StoredAt = end.StoredAt };
            }
            else
                merged.Add(run);
        }

        return merged;
    }

    static long Next(long place, long segmentsPerLog) =>
        segmentsPerLog > 0 && (place & uint.MaxValue) == segmentsPerLog - 1 ? ((place >> 32) + 1) << 32 : place + 1;
}
