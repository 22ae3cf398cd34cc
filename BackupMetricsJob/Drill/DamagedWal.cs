using System.Text.RegularExpressions;
using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Drill;

/// <summary>
/// A segment that restore_command delivered but PostgreSQL could not read to its end. PostgreSQL takes that for the end of the WAL, and
/// only its log mentions it: https://github.com/postgres/postgres/blob/master/src/backend/access/transam/xlogreader.c
/// </summary>
/// <param name="Segment">The segment's name.</param>
/// <param name="Words">What PostgreSQL found in the segment.</param>
/// <param name="IsEmpty">Whether PostgreSQL found zeros. WAL also ends in zeros in a segment that was not full yet (.partial), so this is
/// damage only if more WAL is stored.</param>
internal sealed partial record DamagedWal(string Segment, string Words, bool IsEmpty)
{
    public override string ToString() => $"{Segment} came, and is damaged: {Words}";

    /// <summary>The damaged segment at which replay ended; null if there is none.</summary>
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
                // PostgreSQL also reads old files in pg_wal, which may contain anything.
                found = came.TryGetValue(at, out var name) ? new(name, complaint.Groups["words"].Value, Zeros().IsMatch(line)) : found;
        }

        return found;
    }

    /// <summary>Whether a line of the server's log says that restore_command delivered a segment.</summary>
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
