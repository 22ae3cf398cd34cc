using System.Text.RegularExpressions;
using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Drill;

/// <summary>
/// A segment that restore_command brought, and that PostgreSQL could not read to its end. It takes that for the end of the WAL, and says so
/// in its log only: https://github.com/postgres/postgres/blob/master/src/backend/access/transam/xlogreader.c
/// </summary>
/// <param name="Segment">Its name.</param>
/// <param name="Words">What PostgreSQL found in it.</param>
/// <param name="IsEmpty">
/// It found zeros: that is also how the WAL ends in a segment that was not full yet (.partial), so it is damage only where more is stored.
/// </param>
internal sealed partial record DamagedWal(string Segment, string Words, bool IsEmpty)
{
    public override string ToString() => $"{Segment} came, and is damaged: {Words}";

    /// <summary>The one that replay ended at; null where it ended at no such segment.</summary>
    /// <param name="log">The server's log.</param>
    public static DamagedWal? Find(IEnumerable<string> log, long segmentSize)
    {
        var came = new Dictionary<long, string>();
        DamagedWal? found = null;
        foreach (var line in log)
        {
            if (Restored().Match(line) is { Success: true } restored && SegmentName.Place(restored.Groups[1].Value) is { } place)
                came[place] = restored.Groups[1].Value;
            else if (line.StartsWith("LOG:  redo done at", StringComparison.Ordinal))
                break;
            else if (Complaint().Match(line) is { Success: true } complaint && Place(complaint, segmentSize) is { } at)
                // What lies in pg_wal from before is read, too, and may be anything.
                found = came.TryGetValue(at, out var name) ? new(name, complaint.Groups["words"].Value, Zeros().IsMatch(line)) : found;
        }

        return found;
    }

    /// <summary>A line of the server's log by which restore_command brought a segment.</summary>
    public static bool IsRestored(string line) => Restored().IsMatch(line);

    static long? Place(Match complaint, long segmentSize) =>
        complaint.Groups["segment"] is { Success: true, Value: var name } ? SegmentName.Place(name)
        : complaint.Groups["lsn"] is { Success: true, Value: var lsn } ? SegmentName.Place(DataDirectory.Lsn(lsn), segmentSize)
        : null;

    [GeneratedRegex("^LOG:  restored log file \"([0-9A-F]{24})\" from archive")]
    private static partial Regex Restored();

    [GeneratedRegex(
        "^LOG:  (?<words>(?:invalid|incorrect|unexpected|record|there is no contrecord|missing contrecord|out-of-|WAL file is from|BKP|"
            + "could not (?:restore|decompress) image|neither|both|specified)\\b?.*?"
            + "(?:(?:log|WAL) segment (?<segment>[0-9A-F]{24})| at (?<lsn>[0-9A-F]+/[0-9A-F]+)).*)$"
    )]
    private static partial Regex Complaint();

    [GeneratedRegex(", got 0$|magic number 0000 ")]
    private static partial Regex Zeros();
}
