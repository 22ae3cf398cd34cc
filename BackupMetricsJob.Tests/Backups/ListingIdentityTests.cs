using BackupMetricsJob.Backups;
using static BackupMetricsJob.Tests.Backups.Evidence;

namespace BackupMetricsJob.Tests.Backups;

/// <summary>A listing under the name of a server whose archive it is not. That server writes segment 7 of timeline 2.</summary>
public sealed class ListingIdentityTests
{
    static readonly ServerEvidence Writes = Server with { WrittenLsn = (7 * Segment) + 1, Wal = Wal with { Timeline = 2 } };

    [Theory]
    [InlineData(2, 7, "")]
    [InlineData(2, 6, "")]
    [InlineData(
        2,
        8,
        "it ends with 000000020000000000000008, and the server has written WAL up to 0/7000001 only, which is in 000000020000000000000007"
    )]
    [InlineData(3, 6, "it begins on timeline 3, and the server writes timeline 2")]
    [InlineData(1, 99, "")] // An old primary went on for a while.
    public void What_the_server_cannot_have_written_is_another_servers(long timeline, long last, string why)
    {
        var result = Checked(Listing(new WalRange(timeline, 5, last, null)));

        Assert.Equal(why.Length > 0, result.Archive is null);
        Assert.Equal(why.Length == 0, result.SourcesThatAnswered.Contains(SourceName.Catalog));
        if (why.Length > 0)
            Assert.EndsWith(
                "of the archive \"default\" of orders is another server's: " + why,
                Assert.Single(result.SourceFailures).Failure.Message,
                StringComparison.Ordinal
            );
        Assert.Equal(why.Length > 0, Findings.For(result).Any(finding => finding.IsCritical));
    }

    [Fact]
    public void A_segment_that_begins_where_the_server_has_written_up_to_is_not_its_own() =>
        Assert.Null(Checked(Listing(new WalRange(2, 5, 7, null)), Writes with { WrittenLsn = 7 * Segment }).Archive);

    [Fact]
    public void The_segments_of_another_size_are_another_servers() =>
        Assert.EndsWith(
            "its segments have 67.1 MB, and the server's have 16.8 MB",
            Assert.Single(Checked(Listing(new WalRange(2, 5, 6, null)) with { SegmentSize = 4 * Segment }).SourceFailures).Failure.Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_timeline_of_a_trial_restore_in_the_archive_is_no_other_server() =>
        Assert.NotNull(Checked(Listing(new(2, 5, 6, null), new(3, 6, 99, null))).Archive);

    [Fact]
    public void What_came_after_the_server_was_asked_may_be_its_own()
    {
        var listing = Listing(new WalRange(2, 5, 8, null));

        Assert.NotNull(Checked(listing with { ImportedAt = Noon.AddSeconds(1) }).Archive);
        Assert.Null(Checked(listing with { ImportedAt = Noon }).Archive);
        Assert.NotNull(Checked(listing with { ImportedAt = Noon }, offset: TimeSpan.FromSeconds(1)).Archive);
    }

    [Fact]
    public void The_listings_that_are_its_own_stay_and_only_the_targets_own_catalogue_fails_its_probe()
    {
        var own = Listing(new WalRange(2, 5, 6, null)) with { Storage = "near" };
        var other = Listing(new WalRange(2, 5, 8, null));

        var result = Checked(own, other);

        Assert.Equal([own], result.Archive!.Listings);
        Assert.Null(result.Failure);
        var itself = Result with { Instance = Orders with { Sources = [SourceName.Server, SourceName.Catalog] }, Server = Writes };
        Assert.NotNull(ListingIdentity.WithoutOtherServers(itself with { Archive = new([other], []) }).Failure);
    }

    [Fact]
    public void Of_a_standby_and_of_a_server_that_was_not_asked_nothing_is_known()
    {
        var listing = Listing(new WalRange(2, 5, 8, null));

        Assert.NotNull(Checked(listing, Writes with { WrittenLsn = null }).Archive);
        Assert.NotNull(Checked(listing, Writes with { Wal = null }).Archive);
    }

    static ProbeResult Checked(params ArchiveListing[] listings) => Checked(listings, Writes, null);

    static ProbeResult Checked(ArchiveListing listing, ServerEvidence? server = null, TimeSpan? offset = null) =>
        Checked([listing], server ?? Writes, offset);

    static ProbeResult Checked(ArchiveListing[] listings, ServerEvidence server, TimeSpan? offset) =>
        ListingIdentity.WithoutOtherServers(
            Result with
            {
                Server = server,
                ClockOffset = offset,
                Archive = new(listings, []),
                SourcesThatAnswered = [SourceName.Server, SourceName.Catalog],
            }
        );

    static ArchiveListing Listing(params WalRange[] ranges) =>
        new("default")
        {
            ListedAt = Noon.AddMinutes(-1),
            ImportedAt = Noon.AddSeconds(-50),
            SegmentSize = Segment,
            Segments = ranges,
        };
}
