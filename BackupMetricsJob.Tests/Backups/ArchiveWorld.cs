using BackupMetricsJob.Backups;

#pragma warning disable CA5394 // Worlds to test with: the same again for the same seed, and no secret.

namespace BackupMetricsJob.Tests.Backups;

/// <summary>
/// A made-up history of a server, as its archive shows it: failovers, trial restores, an old primary that goes on, segments and history
/// files that are gone. It knows where each timeline really came from, so it can restore as PostgreSQL does: segment by segment, on the
/// timelines of the history file of the newest timeline that it finds.
/// </summary>
internal sealed class ArchiveWorld
{
    readonly Dictionary<long, (long Parent, long Begin)> _parents = [];
    readonly HashSet<(long Timeline, long Number)> _segments = [];
    readonly HashSet<(long Timeline, long Number)> _partials = [];
    readonly HashSet<long> _histories = [];
    readonly long _perLog;
    readonly Random _random;

    public ArchiveWorld(int seed, long segmentSize)
    {
        _random = new(seed);
        SegmentSize = segmentSize;
        _perLog = (1L << 32) / segmentSize;
        var number = (100 * _perLog) - _random.Next(1, 12); // Most worlds go over a boundary.
        Live();
        Lose();

        void Live()
        {
            _parents[1] = (0, 0);
            var newest = 1L;
            for (var step = _random.Next(1, 5); step > 0; step--)
            {
                for (var more = _random.Next(0, 6); more > 0; more--)
                    _segments.Add((Current, number++));
                Backups.Add((Current, number, number + _random.Next(0, 3)));
                for (var more = _random.Next(1, 8); more > 0; more--)
                    _segments.Add((Current, number++));
                switch (_random.Next(4))
                {
                    case 0:
                        Begin(++newest, number, isTrial: true);
                        break;
                    case 1 or 2:
                        Begin(++newest, number, isTrial: false);
                        break;
                    default:
                        break;
                }
            }

            for (var more = _random.Next(1, 4); more > 0; more--)
                _segments.Add((Current, number++));
        }
    }

    public long SegmentSize { get; }

    /// <summary>The timeline that the server writes.</summary>
    public long Current { get; private set; } = 1;

    public List<(long Timeline, long Start, long Stop)> Backups { get; } = [];

    public ArchiveListing Listing(bool knowsSize)
    {
        var ranges = _segments
            .OrderBy(_ => _random.Next())
            .Select(segment => new WalRange(segment.Timeline, Place(segment.Number), Place(segment.Number), null));
        return new("default")
        {
            ListedAt = Evidence.Noon,
            SegmentSize = knowsSize ? SegmentSize : null,
            Segments = [.. ranges],
            Histories = [.. _histories],
            Partials = [.. _partials.Select(partial => new WalRange(partial.Timeline, Place(partial.Number), Place(partial.Number), null))],
        };
    }

    public ArchivedBackup Backup((long Timeline, long Start, long Stop) backup) =>
        new(SourceName.Catalog, "wal-g", BackupType.Full, Evidence.Noon.AddHours(-1))
        {
            StartSegment = SegmentName.Format(backup.Timeline, Place(backup.Start)),
            StopSegment = SegmentName.Format(backup.Timeline, Place(backup.Stop)),
        };

    /// <summary>
    /// What a restore replays last and then does not find, although there is more of its timeline; null where it comes to the end. Null
    /// for both where it does not begin, since the timeline that it would go to does not come from the backup's.
    /// </summary>
    /// <param name="target">The timeline to go to; null: the newest that it finds.</param>
    public (string? Last, string? Missing, bool Begins) Restore((long Timeline, long Start, long Stop) backup, long? target)
    {
        var newest = backup.Timeline;
        while (_histories.Contains(newest + 1) && !(newest + 1 > target))
            newest++;
        var way = new List<(long Timeline, long Begin)>();
        for (var timeline = newest; timeline != 0 && timeline != backup.Timeline; timeline = _parents[timeline].Parent)
            way.Insert(0, (timeline, _parents[timeline].Begin));
        if (newest != backup.Timeline && (_parents[way[0].Timeline].Parent != backup.Timeline || way[0].Begin < backup.Start))
            return (null, null, false);
        way.Insert(0, (backup.Timeline, backup.Start));
        string? last = null;
        for (var number = backup.Start; ; number++)
        {
            var of = way.FindLast(step => step.Begin <= number).Timeline;
            if (_segments.Contains((of, number)))
                last = SegmentName.Format(of, Place(number));
            else
            {
                var isEnd =
                    !way.Exists(step => step.Begin > number) && !_segments.Any(other => other.Timeline == of && other.Number > number);
                return (last, isEnd ? null : SegmentName.Format(of, Place(number)), true);
            }
        }
    }

    public override string ToString() =>
        $"timelines {string.Join(" ", _parents.Select(pair => $"{pair.Key}<-{pair.Value.Parent}@{pair.Value.Begin}"))}, now {Current}\n"
        + $"segments {string.Join(" ", _segments.Order().Select(segment => $"{segment.Timeline}/{segment.Number}"))}\n"
        + $"partial {string.Join(" ", _partials.Order())} history {string.Join(" ", _histories.Order())}\n"
        + $"backups {string.Join(" ", Backups)}";

    long Place(long number) => (number / _perLog << 32) | (number % _perLog);

    /// <summary>A new timeline begins in the segment that the current one is in.</summary>
    void Begin(long timeline, long number, bool isTrial)
    {
        _parents[timeline] = (Current, number);
        _histories.Add(timeline);
        _partials.Add((Current, number));
        var old = Current;
        for (var of = number; of <= number + _random.Next(0, 3); of++)
            _segments.Add((timeline, of));
        if (isTrial)
            return;
        Current = timeline;
        // The old primary may go on for a while, and archive what nobody follows.
        for (var of = number; _random.Next(3) == 0; of++)
            _segments.Add((old, of));
    }

    // Not the first segment of a timeline: where the old primary went on, PostgreSQL may take that one's instead.
    void Lose()
    {
        foreach (var segment in _segments.ToList())
        {
            if (_random.Next(40) == 0 && _parents[segment.Timeline].Begin != segment.Number)
                _segments.Remove(segment);
        }
    }
}
