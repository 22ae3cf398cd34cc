using BackupMetricsJob.Backups;
using static BackupMetricsJob.Tests.Backups.Evidence;

namespace BackupMetricsJob.Tests.Backups;

/// <summary>
/// The archive's word beside the server's: whose word the recovery point is, and which listing is no evidence. The server has archived all
/// before segment 7, the last one three minutes ago; the backup has segment 5.
/// </summary>
public sealed class ArchiveAssessmentTests
{
    static readonly ArchivedBackup Full = new(SourceName.Catalog, "wal-g", BackupType.Full, Noon.AddHours(-3))
    {
        StartSegment = Name(5),
        StopSegment = Name(5),
    };

    static readonly ArchiveListing Whole = Listing(5, 6);

    [Fact]
    public void A_listing_made_after_the_last_file_was_archived_vouches_for_all()
    {
        var result = Listed(Whole with { ListedAt = Noon.AddMinutes(-1) });

        Assert.Equal((TimeSpan.FromSeconds(170), false, true), Told(result));
        Assert.DoesNotContain(Findings.For(result), finding => finding.IsCritical);
    }

    [Fact]
    public void What_was_archived_after_the_listing_is_the_servers_word()
    {
        var result = Listed(Listing(5, 5) with { ListedAt = Noon.AddMinutes(-4) });

        Assert.Equal((TimeSpan.FromSeconds(170), true, false), Told(result));
        Assert.Empty(Findings.For(result));
    }

    [Theory]
    [InlineData(-7, false)] // It was archived after the listing.
    [InlineData(-2, false)] // A minute after it was archived: it may have been on its way.
    [InlineData(0, true)]
    public void What_the_server_archived_long_before_the_listing_must_be_in_it(double listedMinutesAgo, bool isHole)
    {
        var archived = Server with { Archiver = Server.Archiver with { LastArchived = Noon.AddMinutes(-5) } };
        var result = Listed(Listing(5, 5) with { ListedAt = Noon.AddMinutes(listedMinutesAgo) }, archived);

        Assert.Equal(isHole, result.ArchiveAssessment!.Best!.HasHole);
        Assert.Equal(isHole, Findings.For(result).Any(finding => finding.IsCritical));
        if (isHole)
            Assert.Contains(
                $"the WAL archive ends too early: {Name(6)} is missing, although the server says that it was archived",
                Findings.For(result)[0].Summary,
                StringComparison.Ordinal
            );
    }

    [Fact]
    public void A_hole_bounds_the_recovery_point_whatever_the_server_says()
    {
        var hole = Listing(5, 9) with { Segments = [Range(5, 5, Noon.AddHours(-2)), Range(7, 9, Noon)] };
        var result = Listed(hole, Server with { Wal = Wal with { ArchiveEnd = 10 * Segment } });

        Assert.Equal((TimeSpan.FromHours(2), false, true), Told(result));
        Assert.Contains($"has a hole: {Name(6)} is missing", Findings.For(result)[0].Summary, StringComparison.Ordinal);
        Assert.True(result.Loss is { EndsAtHole: true, IsLowerBound: true });
    }

    [Fact]
    public void Without_times_it_is_the_end_of_the_backup_at_most()
    {
        var result = Listed(Listing(5, 9) with { Segments = [Range(5, 5, null), Range(7, 9, null)] });

        Assert.Equal(TimeSpan.FromHours(3), result.Loss!.Window);
        Assert.True(result.Loss is { EndsAtHole: true, IsLowerBound: false });
    }

    /// <summary>A crash has reset the statistics: 2 files were archived since, and 12 segments lie between.</summary>
    [Theory]
    [InlineData(16, true)]
    [InlineData(14, true)] // Two more were archived, and two files are counted.
    [InlineData(13, false)]
    public void A_whole_listing_ends_the_doubts_as_far_as_it_reaches(long last, bool isKnown)
    {
        var server = Server with
        {
            Archiver = Server.Archiver with { ArchivedCount = 2, LastArchived = Noon },
            Wal = Wal with { ArchiveEnd = 17 * Segment },
        };
        Assert.Null((Result with { Server = server }).Loss);

        var result = Listed(Listing(5, last), server);

        Assert.Equal(isKnown, result.Loss is { Window.TotalSeconds: 170 });
        Assert.Equal(
            !isKnown,
            Findings.For(result).Any(finding => finding.Summary.Contains("there may be a hole", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void A_listing_from_before_a_failover_leaves_its_doubt()
    {
        var server = Server with { Wal = Wal with { Timeline = 2, ArchiveEnd = 9 * Segment, BackupTimeline = null } };

        var result = Listed(Whole, server) with { Backups = [Backup with { Source = SourceName.Catalog, StartSegment = Name(5) }] };

        Assert.Contains(Findings.For(result), finding => finding.Summary.Contains("began on timeline 1", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(25, false, false)]
    [InlineData(30, true, false)]
    [InlineData(60, true, true)]
    public void A_listing_older_than_the_limit_is_no_evidence(int hours, bool isStale, bool isCritical)
    {
        var hole = Listing(5, 9) with { Segments = [Range(5, 5, Noon), Range(7, 9, Noon)], ListedAt = Noon.AddHours(-hours) };
        var full = Full with { Finished = Noon.AddHours(-70) };
        var result = Listed(hole, null) with { Archive = new([hole], [full]) };

        Assert.Equal(isStale, result.ArchiveAssessment!.Best is null);
        var stale = Findings
            .For(result)
            .SingleOrDefault(finding => finding.Summary.Contains("longer ago than the", StringComparison.Ordinal));
        Assert.Equal((isStale, isCritical), (stale is not null, stale?.IsCritical == true));
        Assert.Equal(!isStale, Findings.For(result).Any(finding => finding.Summary.Contains("has a hole", StringComparison.Ordinal)));
    }

    [Fact]
    public void Of_several_archives_the_one_that_a_restore_comes_furthest_with_counts()
    {
        var hole = Listing(5, 9) with { Segments = [Range(5, 5, Noon), Range(7, 9, Noon)] };
        var result = Listed(hole) with { Archive = new([hole, Whole with { Storage = "near" }], [Full]) };

        Assert.Equal("near", result.ArchiveAssessment!.Best!.Listing.Storage);
        Assert.False(Assert.Single(Findings.For(result)).IsCritical);
    }

    /// <summary>The newest backup lacks its last segment: it is not where a restore begins.</summary>
    [Fact]
    public void A_backup_without_its_own_wal_is_not_restorable()
    {
        var newest = Full with { Finished = Noon.AddHours(-1), StartSegment = Name(7), StopSegment = Name(8) };
        var listing = Listing(5, 7);
        var result = Listed(listing, null) with { Archive = new([listing], [Full, newest]) };

        var coverage = result.ArchiveAssessment!.Best!;
        Assert.Equal((Full, newest), (coverage.Base, Assert.Single(coverage.WithoutWal)));
        Assert.Equal([(SourceName.Catalog, "wal-g", BackupType.Full, 1, 2)], result.ArchiveAssessment.WithoutWal());
        Assert.Contains(Findings.For(result), finding => finding.Summary.StartsWith("1 of the 2 newest full", StringComparison.Ordinal));
    }

    [Fact]
    public void A_backup_that_was_done_after_the_listing_is_not_judged_by_it()
    {
        var newest = Full with { Finished = Noon.AddSeconds(1), StartSegment = Name(7), StopSegment = Name(8) };

        var result = Listed(Whole, null) with { Archive = new([Whole], [Full, newest]) };

        Assert.Equal((Full, 0), (result.ArchiveAssessment!.Best!.Base, result.ArchiveAssessment.Best.WithoutWal.Count));
        Assert.False(result.ArchiveAssessment.Best.HasHole);
        var only = Listed(Whole, null) with { Archive = new([Whole], [newest]) };
        Assert.Contains(
            "it was made at 2026-11-22 12:00:00 UTC, before the newest known backup was done, at 2026-11-22 12:00:01 UTC",
            only.ArchiveAssessment!.Coverages[0].UnknownReason,
            StringComparison.Ordinal
        );
        Assert.False(Assert.Single(Findings.For(only)).IsCritical);
    }

    /// <summary>However short before: it was there when the listing was made, and its WAL was not.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void A_backup_that_was_done_before_the_listing_and_lacks_its_wal_is_critical(int minutesBefore)
    {
        var newest = Full with { Finished = Noon.AddMinutes(-minutesBefore), StartSegment = Name(7), StopSegment = Name(8) };

        var result = Listed(Whole, null) with { Archive = new([Whole], [Full, newest]) };

        Assert.Equal((Full, 1), (result.ArchiveAssessment!.Best!.Base, result.ArchiveAssessment.Best.WithoutWal.Count));
        Assert.Equal((2, Name(7)), (result.ArchiveAssessment.Best.Missing, result.ArchiveAssessment.Best.FirstMissing));
        Assert.True(Findings.For(result)[0].IsCritical);
        var only = Listed(Whole, null) with { Archive = new([Whole], [newest]) };
        Assert.StartsWith("none of the known base backups", Findings.For(only)[0].Summary, StringComparison.Ordinal);
        Assert.True(Findings.For(only)[0].IsCritical);
    }

    /// <summary>A restore to now is whole, and the moments before the newest backup are not.</summary>
    [Fact]
    public void A_hole_before_the_newest_backup_is_a_warning()
    {
        var newest = Full with { Finished = Noon.AddHours(-1), StartSegment = Name(8), StopSegment = Name(8) };
        var hole = Listing(5, 9) with { Segments = [Range(5, 6, Noon), Range(8, 9, Noon)] };

        var result = Listed(hole, null) with { Archive = new([hole], [Full, newest]) };

        Assert.Equal((newest, 0), (result.ArchiveAssessment!.Best!.Base, result.ArchiveAssessment.Best.Missing));
        var finding = Assert.Single(Findings.For(result));
        Assert.Equal(
            (
                false,
                "the WAL archive has a hole before the full backup of 2026-11-22 11:00:00 UTC: 000000010000000000000007 is missing. "
                    + "A restore of the full backup of 2026-11-22 09:00:00 UTC ends with 000000010000000000000006, and no later "
                    + "moment before the newer backup can be restored"
            ),
            (finding.IsCritical, finding.Summary)
        );
        // Just before the newest backup begins, nothing is lost; what is missing after it is its own hole.
        foreach (var ranges in new[] { new[] { Range(5, 9, Noon) }, [Range(5, 8, Noon), Range(10, 11, Noon)] })
            Assert.Null(ArchiveCoverage.Compute(hole with { Segments = ranges }, [Full, newest], null).Earlier);
    }

    [Fact]
    public void An_increment_whose_parent_is_gone_is_not_where_a_restore_begins()
    {
        var increment = Full with { Type = BackupType.Incr, Finished = Noon.AddHours(-1), StartSegment = Name(8), StopSegment = Name(8) };
        var listing = Listing(5, 9) with { Segments = [Range(5, 6, Noon), Range(8, 9, Noon)] };

        var kept = ArchiveCoverage.Compute(listing, [Full, increment], null);
        var broken = ArchiveCoverage.Compute(listing, [Full, increment with { IsBroken = true }], null);

        Assert.Equal((increment, false), (kept.Base, kept.HasHole));
        Assert.Equal((Full, Name(7)), (broken.Base, broken.FirstMissing));
    }

    static ProbeResult Listed(ArchiveListing listing) => Listed(listing, Server);

    static ProbeResult Listed(ArchiveListing listing, ServerEvidence? server) =>
        Result with
        {
            Server = server,
            Archive = new([listing], [Full]),
        };

    static (TimeSpan Window, bool ByServer, bool ByArchive) Told(ProbeResult result) =>
        (result.Loss!.Window, result.Loss.IsByServer, result.Loss.IsByArchive);

    static ArchiveListing Listing(long first, long last) =>
        new("default")
        {
            ListedAt = Noon,
            SegmentSize = Segment,
            Segments = [Range(first, last, Noon.AddMinutes(-3))],
        };

    static WalRange Range(long first, long last, DateTimeOffset? storedAt) => new(1, first, last, storedAt);

    static string Name(long number) => SegmentName.Format(1, number);
}
