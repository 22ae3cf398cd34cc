using BackupMetricsJob.Backups;
using BackupMetricsJob.Drill;
using BackupMetricsJob.Tests.Backups;

namespace BackupMetricsJob.Tests.Drill;

/// <summary>What came back against what was claimed.</summary>
public sealed class ClaimTests
{
    const long Segment = 16 << 20;

    static readonly DateTimeOffset Claimed = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);
    static readonly Claim Claim = new(Claimed, 10 * Segment, "server", Segment);

    /// <summary>The last record of a segment may end in the next one, so less than a segment is no hole. Idle is not late.</summary>
    [Theory]
    [InlineData(10, 0, 3600, 0)]
    [InlineData(11, 0, 0, 0)]
    [InlineData(9, 1, 5, 0)]
    [InlineData(9, 0, 5, 5)]
    [InlineData(2, 100, 3600, 3600)]
    [InlineData(2, 100, -5, 1)]
    public void Nothing_is_missing_where_the_claimed_WAL_came_back(long segments, long bytes, int before, int shortfall) =>
        Assert.Equal(
            TimeSpan.FromSeconds(shortfall),
            Claim.Shortfall(Came(segments * Segment + bytes, Claimed.AddSeconds(-before)), finished: null)
        );

    /// <summary>Within a segment that is damaged, less than a segment is not nothing.</summary>
    [Fact]
    public void Where_the_last_segment_is_damaged_the_rest_of_it_is_missing()
    {
        Assert.Equal(TimeSpan.FromSeconds(5), Claim.Shortfall(Came((9 * Segment) + 1, Claimed.AddSeconds(-5)), null, isDamaged: true));
        Assert.Equal(TimeSpan.Zero, Claim.Shortfall(Came(10 * Segment, Claimed.AddSeconds(-5)), null, isDamaged: true));
    }

    /// <summary>Nothing is lost of an idle server; yet what can come back ends with what was archived, and so does the claim.</summary>
    [Fact]
    public void An_idle_server_claims_what_it_archived_and_no_later_moment()
    {
        var written = Evidence.Noon.AddHours(-10);
        var idle = Evidence.Result with
        {
            Server = Evidence.Server with { Wal = Evidence.Wal with { LastWrite = written, NewestDone = written.AddMinutes(-5) } },
        };

        var claim = Claim.From(idle, new Loss(TimeSpan.FromMinutes(5), IsByServer: true));

        Assert.Equal(written.AddMinutes(-5) - idle.ClockOffset, claim.Until);
        Assert.Equal(TimeSpan.Zero, claim.Shortfall(Came(claim.Lsn, written.AddHours(-2)), null));
        Assert.Equal(TimeSpan.FromMinutes(55) - idle.ClockOffset, claim.Shortfall(Came(claim.Lsn - Segment, written.AddHours(-1)), null));
        // Busy: all until the archived segment, as before.
        Assert.Equal(Evidence.Noon.AddSeconds(-180.5), Claim.From(Evidence.Result, new(TimeSpan.FromSeconds(170), IsByServer: true)).Until);
    }

    [Fact]
    public void Without_a_transaction_the_backup_is_all_that_came_back()
    {
        var came = Came(2 * Segment, null);

        Assert.Equal(TimeSpan.FromHours(1), Claim.Shortfall(came, Claimed.AddHours(-1)));
        Assert.Null(Claim.Shortfall(came, finished: null));
        Assert.True(Claim.IsMissed(came.Lsn!.Value));
        Assert.False(Claim.IsMissed(10 * Segment));
    }

    [Fact]
    public void Without_a_place_in_the_WAL_nothing_can_be_compared()
    {
        Assert.Null((Claim with { Lsn = null }).Shortfall(Came(2 * Segment, Claimed), Claimed));
        Assert.Null(Claim.Shortfall(Came(null, Claimed), Claimed));
        Assert.False((Claim with { Lsn = null }).IsMissed(2 * Segment));
    }

    /// <summary>A hole in the archive after it was listed is missed by the listing's word, and by no other place.</summary>
    [Fact]
    public void What_the_archive_was_said_to_have_is_claimed_up_to_its_last_segment()
    {
        var full = new ArchivedBackup(SourceName.Catalog, "wal-g", BackupType.Full, Evidence.Noon.AddHours(-3))
        {
            StartSegment = SegmentName.Format(1, 5),
            StopSegment = SegmentName.Format(1, 5),
        };
        var listing = new ArchiveListing("default")
        {
            ListedAt = Evidence.Noon,
            SegmentSize = Segment,
            Segments = [new(1, 5, 9, Evidence.Noon.AddMinutes(-1))],
        };
        var result = Evidence.Result with
        {
            Archive = new([listing], [full]),
            Backups = [new(SourceName.Catalog, "wal-g", BackupType.Full) { StopLsn = (5 * Segment) + 100 }],
        };
        var byListing = new Loss(TimeSpan.FromMinutes(1), IsByServer: false);

        Assert.Equal((10 * Segment, "archive"), (Claim.From(result, byListing).Lsn, Claim.From(result, byListing).By));
        Assert.Equal((5 * Segment) + 100, Claim.From(result with { Archive = null }, byListing).Lsn);
        Assert.Null(Claim.From(result, byListing with { IsByDump = true }).Lsn);
    }

    static Recovered Came(long? lsn, DateTimeOffset? last) => new(lsn, last, 1, HasChecksums: false, IsInRecovery: false);
}
