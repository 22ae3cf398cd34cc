using System.Text;
using System.Text.Json;
using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Catalog.Import.Archive;

/// <summary>
/// wal-g's report about its archive: ranges without times. wal-show has every timeline, with its missing segments and the point where it
/// branched off from its parent, if its history file exists. wal-verify has the path back from the current segment.
/// https://github.com/wal-g/wal-g/blob/master/internal/databases/postgres/wal_show_handler.go
/// </summary>
internal static class WalGArchive
{
    public static void ReadShow(JsonText json, ArchiveContent content)
    {
        foreach (var item in json.Items("a list of timelines"))
        {
            var fields = item.Parse();
            var folder = content.Folder();
            var (first, last) = (Name(fields, "start_segment"), Name(fields, "end_segment"));
            var size = SegmentSize(first, last, fields.Count("segment_range_size"));
            var missing = Missing(item);
            AddWithout(folder, first, last, missing, size);
            if (fields.Unsigned("parent_id") is not (> 0 and <= uint.MaxValue and var parent))
                continue;
            folder.Marks.Add(new(WalFileKind.History, first.Timeline, 0, SegmentRanges.Unknown));
            if (size > 0 && fields.Unsigned("switch_point_lsn") is > 0 and <= long.MaxValue and var lsn)
                folder.Marks.Add(new(WalFileKind.Partial, (uint)parent, SegmentName.Place((long)lsn, size), SegmentRanges.Unknown));
        }
    }

    public static void ReadVerify(JsonText json, ArchiveContent content)
    {
        if (!json.Members("an object").TryGetValue("integrity", out var integrity))
            throw new ListingException("$", "it has no \"integrity\": run wal-g wal-verify integrity timeline --json");
        if (!integrity.Members("an object").TryGetValue("details", out var details))
            throw new ListingException("$.integrity", "it has no \"details\"");
        var folder = content.Folder();
        var timelines = new HashSet<uint>();
        foreach (var item in details.Items("a list of ranges"))
        {
            var fields = item.Parse();
            if (fields.Text("status") != "FOUND")
                continue;
            var (first, last) = (Name(fields, "start_segment"), Name(fields, "end_segment"));
            timelines.Add(first.Timeline);
            AddWithout(folder, first, last, [], SegmentSize(first, last, fields.Count("segments_count")));
        }

        // wal-verify follows the current timeline's history, so it has read the history files.
        foreach (var timeline in timelines.Where(timeline => timeline > timelines.Min()))
            folder.Marks.Add(new(WalFileKind.History, timeline, 0, SegmentRanges.Unknown));
    }

    static WalName Name(Fields fields, string key)
    {
        var name = WalName.Parse(Encoding.UTF8.GetBytes(fields.Text(key) ?? ""));
        return name is { Kind: WalFileKind.Segment, IsPlain: true }
            ? name
            : throw new ListingException(fields.Path, $"\"{key}\" is expected to be the name of a segment");
    }

    static List<long> Missing(JsonText item)
    {
        var missing = new List<long>();
        if (!item.Members("an object").TryGetValue("missing_segments", out var names) || names.Kind != JsonTokenType.StartArray)
            return missing;
        foreach (var name in names.Items("a list of segments"))
        {
            var text = name.Parse().AsText();
            if (WalName.Parse(Encoding.UTF8.GetBytes(text)) is not { Kind: WalFileKind.Segment } segment)
                throw new ListingException(name.Path, $"\"{PlainText.OnOneLine(text, 60)}\" is no segment");
            missing.Add(segment.Place);
        }

        missing.Sort();
        return missing;
    }

    /// <summary>The segment size, derived from the number of segments between two names; 0 if that does not tell.</summary>
    static long SegmentSize(in WalName first, in WalName last, long? count)
    {
        var logs = (last.Place >> 32) - (first.Place >> 32);
        if (logs <= 0 || count is null)
            return 0;
        var perLog = (count.Value - 1 - ((last.Place & uint.MaxValue) - (first.Place & uint.MaxValue))) / logs;
        return perLog > 0 && long.IsPow2(perLog) && WalSegmentSize.IsPossible((1L << 32) / perLog) ? (1L << 32) / perLog : 0;
    }

    static void AddWithout(ArchiveFolder folder, in WalName first, in WalName last, List<long> missing, long segmentSize)
    {
        if (last.Place < first.Place || last.Timeline != first.Timeline)
            throw new ListingException("$", "a range ends before it begins");
        if (segmentSize == 0 && first.Place >> 32 != last.Place >> 32)
            throw new ListingException("$", "how many segments a range has does not fit the names at its ends");
        var perLog = segmentSize == 0 ? uint.MaxValue : (1L << 32) / segmentSize;
        var (timeline, from) = (first.Timeline, first.Place);
        foreach (var hole in missing)
        {
            if (Number(hole) > Number(from))
                Add(from, Place(Number(hole) - 1));
            from = Place(Number(hole) + 1);
        }

        if (Number(from) <= Number(last.Place))
            Add(from, last.Place);

        long Number(long place) => ((place >> 32) * perLog) + (place & uint.MaxValue);

        long Place(long number) => (number / perLog << 32) | (number % perLog);

        void Add(long begin, long end) => folder.AddRange(timeline, begin, end, Number(end) - Number(begin) + 1, segmentSize);
    }
}
