using BackupMetricsJob.Backups;
using static BackupMetricsJob.Tests.Backups.Evidence;

namespace BackupMetricsJob.Tests.Backups;

/// <summary>
/// An archive that stopped growing while archive_command said yes. The server archives all the time, the last file a minute ago, and has
/// archived all before segment 12; the listing of noon ends with segment 6. What is known to have been archived by then is missing.
/// </summary>
public sealed class ArchiveEndTests
{
    static readonly ArchivedBackup Full = new(SourceName.Catalog, "wal-g", BackupType.Full, Noon.AddHours(-3))
    {
        StartSegment = Name(5),
        StopSegment = Name(5),
    };

    static readonly ArchiveListing Listing = new("default")
    {
        ListedAt = Noon,
        SegmentSize = Segment,
        Segments = [new(1, 5, 6, Noon.AddMinutes(-40))],
    };

    static readonly ServerEvidence Busy = Server with
    {
        Now = Noon.AddMinutes(2),
        Archiver = Server.Archiver with { LastArchived = Noon.AddMinutes(1) },
        Wal = Wal with
        {
            ArchiveEnd = 12 * Segment,
            NewestDone = Noon.AddSeconds(58),
            Done = [Mark(11, 0.9), Mark(10, -4), Mark(9, -5.1), Mark(8, -20), Mark(7, -30)],
        },
    };

    [Fact]
    public void What_was_complete_more_than_five_minutes_before_and_is_marked_as_archived_is_missing()
    {
        var coverage = Covered(Listing, Busy);

        Assert.Equal((3, Name(7), Name(6)), (coverage.Missing, coverage.FirstMissing, coverage.LastReplayed));
        Assert.Equal(Noon.AddMinutes(-40), coverage.RecoverableUntil);
        var finding = Findings.For(Result(Listing, Busy))[0];
        Assert.True(finding.IsCritical);
        Assert.StartsWith(
            $"the WAL archive ends too early: {Name(7)} is missing, 3 segments in all, although the server says that it was archived",
            finding.Summary,
            StringComparison.Ordinal
        );
        Assert.Equal(TimeSpan.FromMinutes(42), Result(Listing, Busy).Loss!.Window);
    }

    [Fact]
    public void Marks_of_what_is_listed_or_was_complete_just_before_it_or_later_prove_nothing() =>
        Assert.Equal(0, Covered(Listing, Busy with { Wal = Busy.Wal! with { Done = [Mark(11, 1), Mark(7, -4.9), Mark(6, -30)] } }).Missing);

    public static TheoryData<string> Disturbances => new(Disturbed.Keys);

    static readonly Dictionary<string, ServerEvidence> Disturbed = new()
    {
        ["archiving failed, so files waited"] = Archiver(of => of with { LastFailed = Noon.AddMinutes(-4) }),
        ["the server was started, and may have been down"] = Busy with { Started = Noon.AddMinutes(-4) },
        ["a crash has reset the statistics"] = Archiver(of => of with { Begin = Noon.AddMinutes(-4) }),
        ["no success is counted"] = Archiver(of => of with { LastArchived = null }),
        ["the file that was archived last had waited"] = Busy with { Wal = Busy.Wal! with { NewestDone = Noon.AddMinutes(-5) } },
        ["a time is in the future"] = Busy with { FutureTime = "it is" },
    };

    [Theory]
    [MemberData(nameof(Disturbances))]
    public void Where_files_may_have_waited_when_it_was_listed_nothing_is_missing(string why) =>
        Assert.False(Covered(Listing, Disturbed[why]).HasHole);

    [Fact]
    public void Where_that_was_long_before_the_marks_count() =>
        Assert.Equal(
            3,
            Covered(
                Listing,
                Archiver(of => of with { LastFailed = Noon.AddMinutes(-6), Begin = Noon.AddMinutes(-6) }) with
                {
                    Started = Noon.AddMinutes(-6),
                }
            ).Missing
        );

    [Fact]
    public void An_archive_that_got_a_segment_just_before_it_was_listed_is_slow_and_not_dead() =>
        Assert.False(Covered(Listing with { Segments = [new(1, 5, 6, Noon.AddMinutes(-4))] }, Busy).HasHole);

    /// <summary>By the server's clock, which is 20 minutes ahead, only segment 7 was complete before the listing.</summary>
    [Fact]
    public void The_times_of_the_server_are_compared_by_the_jobs_clock()
    {
        var ahead = TimeSpan.FromMinutes(20);
        var result = Result(Listing, Shifted(Busy, ahead)) with { ClockOffset = ahead };

        Assert.Equal(3, result.ArchiveAssessment!.Best!.Missing);
        Assert.Equal(1, (result with { ClockOffset = null }).ArchiveAssessment!.Best!.Missing);
    }

    [Theory]
    [InlineData(6, 0)]
    [InlineData(7, 1)]
    [InlineData(9, 3)]
    public void What_the_server_had_archived_when_the_listing_was_begun_must_be_in_it(long archived, long missing)
    {
        var result = Result(Listing with { Archived = Name(archived) }, null);

        Assert.Equal(missing, result.ArchiveAssessment!.Best!.Missing);
        if (missing > 0)
            Assert.Contains(
                $"{Name(7)} is missing{(missing > 1 ? ", 3 segments in all" : "")}, although the server had archived {Name(archived)}",
                Findings.For(result)[0].Summary,
                StringComparison.Ordinal
            );
    }

    [Fact]
    public void What_a_backup_needs_that_was_done_before_the_listing_must_be_in_it()
    {
        var newest = Full with { Finished = Noon.AddMinutes(-10), StartSegment = Name(8), StopSegment = Name(9), Type = BackupType.Incr };

        var coverage = ArchiveCoverage.Compute(Listing, [Full, newest], null);

        Assert.Equal((Full, 3, Name(7), Name(6)), (coverage.Base, coverage.Missing, coverage.FirstMissing, coverage.LastReplayed));
        Assert.Contains(
            $"the incr backup of 2026-11-22 11:50:00 UTC needs WAL up to {Name(9)}",
            coverage.EndsTooEarly,
            StringComparison.Ordinal
        );
        // One that has its WAL in itself does not need the archive, nor does a later one prove anything.
        Assert.Equal(0, ArchiveCoverage.Compute(Listing, [Full, newest with { Finished = Noon.AddMinutes(1) }], null).Missing);
    }

    /// <summary>It is restored with what is in itself, and whether its WAL was archived, too, nobody says.</summary>
    [Fact]
    public void A_backup_that_has_its_wal_in_itself_proves_nothing_of_the_archive()
    {
        var own = Full with
        {
            Tool = "pg_basebackup",
            StartSegment = Name(8),
            StopSegment = Name(9),
            Finished = Noon.AddMinutes(-10),
            CarriesItsWal = true,
        };

        var coverage = ArchiveCoverage.Compute(Listing, [Full, own], null);

        Assert.Equal((own, 0), (coverage.Base, coverage.Missing));
    }

    [Fact]
    public void Of_a_timeline_that_began_before_the_end_of_the_old_one_at_least_the_segment_that_is_known_is_missing()
    {
        // The old primary went on to 9.
        var listing = Listing with
        {
            Segments = [new(1, 5, 9, null)],
            Histories = [2],
            Archived = SegmentName.Format(2, 7),
        };

        var coverage = ArchiveCoverage.Compute(listing, [Full], new(Segment, 2, 8, null));

        Assert.Equal((1, SegmentName.Format(2, 7)), (coverage.Missing, coverage.FirstMissing));
    }

    /// <summary>Nobody says where the backup ends: what was stored after it shows that its WAL is there.</summary>
    [Theory]
    [InlineData(6, -181, false)]
    [InlineData(6, -179, true)]
    [InlineData(5, -179, false)]
    public void A_backup_whose_end_is_not_known_is_whole_where_later_wal_is(long last, int minutes, bool isWhole)
    {
        var hole = Listing with { Segments = [new(1, 5, last, Noon.AddMinutes(minutes)), new(1, 8, 9, Noon)] };

        var coverage = ArchiveCoverage.Compute(hole, [Full with { StopSegment = null }], null);

        Assert.Equal((isWhole, isWhole), (coverage.Base is not null, coverage.RecoverableUntil is not null));
    }

    [Fact]
    public void What_is_missing_in_the_middle_and_at_the_end_adds_up()
    {
        var hole = Listing with { Segments = [new(1, 5, 5, null), new(1, 7, 7, null)], Archived = Name(9) };

        var coverage = ArchiveCoverage.Compute(hole, [Full], null);

        Assert.Equal((3, Name(6), null), (coverage.Missing, coverage.FirstMissing, coverage.EndsTooEarly));
        // Also where nothing can be restored at all.
        var nothing = ArchiveCoverage.Compute(Listing with { Segments = [new(1, 6, 6, null)], Archived = Name(8) }, [Full], null);
        Assert.Equal((null, 3, Name(5)), (nothing.Base, nothing.Missing, nothing.FirstMissing));
    }

    [Theory]
    [InlineData(2, false, 9, 1, "00000002.history")] // The whole timeline is not there.
    [InlineData(2, true, 9, 3, "000000020000000000000007")] // Its history file came, and nothing else.
    [InlineData(3, true, 9, 1, "00000003.history")]
    public void A_timeline_that_never_came_is_missing(int timeline, bool hasHistory, long number, long missing, string first)
    {
        var listing = Listing with { Histories = hasHistory ? [2] : [], Archived = SegmentName.Format(timeline, number) };

        var coverage = ArchiveCoverage.Compute(listing, [Full], new(Segment, timeline, number + 1, null));

        Assert.Equal((missing, first, Name(6)), (coverage.Missing, coverage.FirstMissing, coverage.LastReplayed));
    }

    /// <summary>The server writes timeline 1 (an old primary was asked), or the archive goes on with timeline 2 from segment 6.</summary>
    [Fact]
    public void What_was_archived_on_a_branch_that_was_left_is_not_missed()
    {
        var asked = Listing with { Archived = SegmentName.Format(2, 9) };
        Assert.Equal(0, ArchiveCoverage.Compute(asked, [Full], new(Segment, 1, 7, null)).Missing);

        var after = Listing with { Segments = [new(1, 5, 5, null), new(2, 6, 8, null)], Histories = [2], Archived = Name(12) };
        Assert.Equal(0, ArchiveCoverage.Compute(after, [Full], null).Missing);
    }

    /// <summary>A backup on a branch that was left before it began cannot be rolled forward, but nothing of it is missing.</summary>
    [Fact]
    public void What_is_in_the_listing_is_not_missing()
    {
        var listing = Listing with
        {
            Segments = [new(1, 3, 6, null), new(2, 4, 9, null)],
            Histories = [2],
            Archived = SegmentName.Format(2, 9),
        };

        Assert.Equal(0, ArchiveCoverage.Compute(listing, [Full], null).Missing);
    }

    static ArchiveCoverage Covered(ArchiveListing listing, ServerEvidence server) => Result(listing, server).ArchiveAssessment!.Best!;

    static ProbeResult Result(ArchiveListing listing, ServerEvidence? server) =>
        Evidence.Result with
        {
            At = Noon.AddMinutes(2),
            ClockOffset = null,
            Server = server,
            Archive = new([listing], [Full]),
        };

    static ServerEvidence Archiver(Func<ArchiverStatistics, ArchiverStatistics> change) => Busy with { Archiver = change(Busy.Archiver) };

    static ServerEvidence Shifted(ServerEvidence server, TimeSpan by) =>
        server with
        {
            Archiver = server.Archiver with { LastArchived = server.Archiver.LastArchived + by },
            Wal = server.Wal! with
            {
                NewestDone = server.Wal.NewestDone + by,
                Done = [.. server.Wal.Done.Select(mark => mark with { Complete = mark.Complete + by })],
            },
        };

    static WalMark Mark(long number, double minutes) => new(number, Noon.AddMinutes(minutes));

    static string Name(long number) => SegmentName.Format(1, number);
}
