using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Drill;

/// <summary>Replay ended although more WAL is stored. Nothing after this position can be restored.</summary>
/// <param name="Segment">The first missing or damaged segment; null if unknown.</param>
/// <param name="Words">What is wrong with the segment, and the evidence that more WAL is stored.</param>
internal sealed record IncompleteReplay(string? Segment, string Words)
{
    /// <summary>Null if replay reached the archive's end, as far as is known.</summary>
    public static IncompleteReplay? Find(MissingWal? missing, DamagedWal? damaged, ClaimResult claim, long? reached, string? newestStored)
    {
        var more = More(missing?.Name ?? damaged?.Segment, claim, reached, newestStored);
        return damaged is not null && (more is not null || !damaged.IsEmpty) ? new(damaged.Segment, $"{damaged}{More(more)}")
            : more is not null && missing is not null ? new(missing.Name, $"The first that did not come: {missing}{More(more)}")
            : more is not null ? new(null, more)
            : null;
    }

    static string More(string? more) => more is null ? "" : $"; {more}";

    /// <summary>The evidence that there is more WAL; null if there is none.</summary>
    static string? More(string? segment, ClaimResult claim, long? reached, string? newestStored)
    {
        if (IsAfter(newestStored, segment))
            return $"the archive itself has WAL until {newestStored}";
        if (claim.Stored is { } stored && reached <= stored - claim.SegmentSize)
            return $"according to the server, WAL until {Humanize.Lsn(stored)} is archived";
        if (claim.Claim is { Lsn: { } lsn, By: var by } claimed && reached is { } end && claimed.IsMissed(end))
            return $"according to the {by}, WAL until {Humanize.Lsn(lsn)} is archived";
        return claim.Hole is { } hole && (segment is null || hole == segment) ? $"the archive's listing has WAL after {hole}" : null;
    }

    static bool IsAfter(string? newest, string? segment) =>
        newest is not null
        && segment is not null
        && SegmentName.Timeline(newest) == SegmentName.Timeline(segment)
        && SegmentName.Place(newest) > SegmentName.Place(segment);
}
