using BackupMetricsJob.Backups;
using static BackupMetricsJob.Tests.Backups.Evidence;

namespace BackupMetricsJob.Tests.Backups;

/// <summary>
/// What the files beside the segments decide: a history file, the unfinished segment of a timeline that was left, and a branch that nobody
/// follows any more. The backup has segment 5 of timeline 1.
/// </summary>
public sealed class ArchiveTimelineTests
{
    static readonly ArchivedBackup Full = new(SourceName.Catalog, "wal-g", BackupType.Full, Noon.AddHours(-3))
    {
        StartSegment = Name(1, 5),
        StopSegment = Name(1, 5),
    };

    [Fact]
    public void The_unfinished_segment_shows_where_a_timeline_began_whose_first_segments_are_lost()
    {
        // The old primary went on to segment 12; the new one began in 8, of which nothing came.
        var listing = Listing([2], [(1, 8)], (1, 5, 12), (2, 10, 11));

        var coverage = Covered(listing);

        Assert.Equal((2, Name(2, 8), Name(1, 7)), (coverage.Missing, coverage.FirstMissing, coverage.LastReplayed));
        // Without it the names do not show it: docs/evidence.md.
        Assert.Equal(0, Covered(listing with { Partials = [] }).Missing);
    }

    [Fact]
    public void Of_several_unfinished_segments_the_nearest_is_where_it_began()
    {
        // Of timeline 2, which began in 8, no segment came; 3 began in 10.
        var listing = Listing([2, 3], [(1, 8), (1, 10)], (1, 5, 14), (3, 12, 13));

        Assert.Equal((2, Name(3, 10), Name(1, 9)), Told(Covered(listing)));
    }

    [Fact]
    public void The_unfinished_segment_in_which_another_timeline_began_is_not_this_ones()
    {
        // Timeline 2 began in 8, timeline 3 in 12, without a file that shows it.
        var coverage = Covered(Listing([2, 3], [(1, 8)], (1, 5, 7), (2, 8, 11), (3, 12, 13)));

        Assert.Equal((0, Name(3, 13)), (coverage.Missing, coverage.LastReplayed));
        Assert.Equal(1, Covered(Listing([2, 3], [(1, 8)], (1, 5, 7), (2, 8, 9), (2, 11, 11), (3, 12, 13))).Missing);
    }

    [Fact]
    public void An_unfinished_segment_of_the_timeline_itself_or_after_its_begin_is_not_where_it_began()
    {
        // Timeline 2 ended in 14, when it was left for nothing that came.
        var coverage = Covered(Listing([2], [(1, 8), (2, 14), (1, 10)], (1, 5, 7), (2, 8, 13)));

        Assert.Equal((0, Name(2, 13)), (coverage.Missing, coverage.LastReplayed));
    }

    [Fact]
    public void The_unfinished_segment_shows_which_timeline_was_left()
    {
        // 2 is a trial restore that began in 8 and went on to 10. 3 left timeline 1 in 10: 9 of that is needed, and missing.
        var listing = Listing([2, 3], [(1, 8), (1, 10)], (1, 5, 8), (2, 8, 10), (3, 10, 12));

        Assert.Equal((1, Name(1, 9), Name(1, 8)), Told(Covered(listing)));
        // 3 left timeline 2.
        Assert.Equal((0, null, Name(3, 12)), Told(Covered(listing with { Partials = Partials((1, 8), (2, 10)) })));
    }

    [Fact]
    public void Without_it_the_newest_timeline_that_goes_on_until_there_was_left()
    {
        // The trial restore on 2 ended with 8; 3 begins in 11, so it left timeline 1.
        Assert.Equal((0, null, Name(3, 12)), Told(Covered(Listing([2, 3], [], (1, 5, 10), (2, 8, 8), (3, 11, 12)))));
        // Both go on until there: the newest.
        Assert.Equal((1, Name(2, 9), Name(2, 8)), Told(Covered(Listing([2, 3], [], (1, 5, 10), (2, 8, 8), (2, 10, 10), (3, 11, 12)))));
    }

    [Fact]
    public void A_restore_goes_only_as_far_as_there_are_history_files_one_after_the_other()
    {
        Assert.Equal((1, "00000002.history", Name(1, 7)), Told(Covered(Listing([3], [], (1, 5, 7), (2, 8, 9), (3, 10, 12)))));
        Assert.Equal((1, "00000003.history", Name(2, 9)), Told(Covered(Listing([2], [], (1, 5, 7), (2, 8, 9), (3, 10, 12)))));
        Assert.Equal((1, "00000003.history", Name(1, 8)), Told(Covered(Listing([2], [], (1, 5, 8), (3, 9, 10)))));
        // A file without a segment of its timeline leads nowhere, and on to the next.
        Assert.Equal((0, null, Name(3, 12)), Told(Covered(Listing([2, 3], [], (1, 5, 9), (3, 10, 12)))));
    }

    [Fact]
    public void A_timeline_after_the_one_that_the_server_writes_is_not_followed()
    {
        var listing = Listing([2], [], (1, 5, 9), (2, 8, 12));

        Assert.Equal((0, null, Name(2, 12)), Told(Covered(listing)));
        Assert.Equal((0, null, Name(1, 9)), Told(Covered(listing, new(Segment, 1, 10, null))));
        // Nor is its history file missed.
        Assert.Equal((0, null, Name(1, 9)), Told(Covered(listing with { Histories = [] }, new(Segment, 1, 10, null))));
        Assert.Equal((1, "00000002.history", Name(1, 9)), Told(Covered(listing with { Histories = [] }, new(Segment, 2, 13, null))));
    }

    [Fact]
    public void A_branch_that_left_before_the_backup_began_is_neither_followed_nor_missed()
    {
        Assert.Equal((0, null, Name(1, 9)), Told(Covered(Listing([2], [(1, 4)], (1, 3, 9), (2, 4, 12)))));
        Assert.Equal((0, null, Name(1, 9)), Told(Covered(Listing([], [(1, 4)], (1, 3, 9), (2, 4, 12)))));
        // In the very segment it may come from the backup.
        Assert.Equal((0, null, Name(2, 12)), Told(Covered(Listing([2], [(1, 5)], (1, 3, 5), (2, 5, 12)))));
    }

    [Fact]
    public void A_branch_that_ended_earlier_is_not_missed_without_its_history_file() =>
        Assert.Equal((0, null, Name(1, 9)), Told(Covered(Listing([], [], (1, 5, 9), (2, 7, 9)))));

    /// <summary>Not all of an archive need be listed: what begins before the listing is told as that.</summary>
    [Fact]
    public void What_lies_before_the_listing_is_not_judged_unless_nothing_else_is_known()
    {
        Assert.True(Covered(Listing([], [], (1, 6, 9))).BeginsTooLate);
        Assert.False(Covered(Listing([], [], (1, 3, 4), (1, 6, 9))).BeginsTooLate);

        var newer = Full with { Finished = Noon.AddHours(-1), StartSegment = Name(1, 8), StopSegment = Name(1, 8) };
        Assert.Empty(ArchiveCoverage.Compute(Listing([], [], (1, 6, 9)), [Full, newer], null).WithoutWal);
        Assert.Equal([Full], ArchiveCoverage.Compute(Listing([], [], (1, 3, 4), (1, 6, 9)), [Full, newer], null).WithoutWal);
    }

    [Fact]
    public void A_hole_in_an_abandoned_branch_or_before_the_backup_is_none() =>
        Assert.Equal((0, null, Name(2, 12)), Told(Covered(Listing([2], [(1, 8)], (1, 1, 2), (1, 5, 8), (1, 11, 14), (2, 8, 12)))));

    static ArchiveCoverage Covered(ArchiveListing listing, ArchiveClaim? claim = null) => ArchiveCoverage.Compute(listing, [Full], claim);

    static (long Missing, string? First, string? Last) Told(ArchiveCoverage coverage) =>
        (coverage.Missing, coverage.FirstMissing, coverage.LastReplayed);

    static ArchiveListing Listing(
        long[] histories,
        (long Timeline, long Number)[] partials,
        params (long Timeline, long First, long Last)[] segments
    ) =>
        new("default")
        {
            ListedAt = Noon,
            SegmentSize = Segment,
            Segments = [.. segments.Select(range => new WalRange(range.Timeline, range.First, range.Last, null))],
            Histories = histories,
            Partials = Partials(partials),
        };

    static IReadOnlyList<WalRange> Partials(params (long Timeline, long Number)[] partials) =>
        [.. partials.Select(partial => new WalRange(partial.Timeline, partial.Number, partial.Number, null))];

    static string Name(long timeline, long number) => SegmentName.Format(timeline, number);
}
