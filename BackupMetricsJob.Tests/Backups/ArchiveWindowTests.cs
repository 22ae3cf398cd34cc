using BackupMetricsJob.Backups;
using static BackupMetricsJob.Tests.Backups.Evidence;

namespace BackupMetricsJob.Tests.Backups;

/// <summary>
/// From which full backup on the WAL is whole, by the archive's listing. Each backup has the segment of its number, one a day.
/// </summary>
public sealed class ArchiveWindowTests
{
    static readonly BackupFacts Facts = new(SourceName.Catalog, "wal-g", BackupType.Full)
    {
        LastSuccess = Noon.AddDays(-1),
        Age = TimeSpan.FromDays(1),
        Oldest = At(10),
    };

    [Fact]
    public void A_whole_archive_reaches_back_to_the_oldest_backup() => Assert.Equal(At(10), Start([10, 20, 30], (10, 40)));

    [Fact]
    public void A_hole_begins_the_window_anew()
    {
        Assert.Equal(At(30), Start([10, 20, 30], (10, 25), (27, 40)));
        Assert.Equal(At(20), Start([10, 20, 30], (10, 15), (17, 40)));
        // Also where no two backups of the few newest lie on both sides of it.
        Assert.Equal(At(20), Start([.. Newest([30, 35]), .. Older([10, 20])], (10, 15), (17, 40)));
        // The newest of the holes is the one that ends the window.
        Assert.EndsWith(
            $"but the WAL since then is not whole: {SegmentName.Format(1, 26)} is missing",
            TooShort(Asked(Backups([10, 20, 30]), (10, 15), (17, 25), (27, 40))).Summary,
            StringComparison.Ordinal
        );
        Assert.Null(Asked(Backups([10, 20, 30]), (10, 40)).Windows[0].WhyNotOlder);
    }

    static Finding TooShort(ProbeResult result) =>
        Findings.For(result).Single(finding => finding.Summary.StartsWith("a restore reaches", StringComparison.Ordinal));

    /// <summary>It was not listed: nobody knows whether it is there.</summary>
    [Fact]
    public void A_listing_that_does_not_reach_back_so_far_is_no_hole()
    {
        var finding = TooShort(Asked(Backups([10, 20, 30]), (25, 40)));
        Assert.EndsWith(
            $"but the listing of the archive does not reach back so far: {SegmentName.Format(1, 20)} is not in it",
            finding.Summary,
            StringComparison.Ordinal
        );
        Assert.StartsWith("List the archive for as long as the window is", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void What_an_old_listing_lacked_is_still_missing()
    {
        var result = Asked(Backups([10, 20, 30]), (10, 25), (27, 34));
        result = result with { Archive = new([result.Archive!.Listings[0] with { ListedAt = Noon.AddDays(-6) }], result.Archive.Backups) };
        Assert.NotEmpty(result.ArchiveAssessment!.Stale);
        Assert.Equal(At(30), result.Windows[0].Start);
    }

    [Fact]
    public void Each_storage_counts_by_its_own_listing_or_by_the_tools_word()
    {
        var stored = Backups([10, 20, 30]).Select(backup => backup with { Storage = "far" }).ToArray();
        var holed = Listing([(10, 25), (27, 40)]) with { Storage = "far" };
        var result = Asked(stored) with { Archive = new([holed], stored), Storages = [Storage("far", At(10)), Storage("near", At(25))] };
        Assert.Equal(At(25), result.Windows[0].Start);
        Assert.Equal(At(30), (result with { Storages = [Storage("far", At(10)), Storage("near", At(35))] }).Windows[0].Start);
        // A listing under another name is of the archive that all of them share.
        Assert.Equal(At(30), (result with { Archive = new([holed with { Storage = "wal" }], Backups([10, 20, 30])) }).Windows[0].Start);
    }

    static StorageFacts Storage(string name, DateTimeOffset oldest) =>
        new(SourceName.Catalog, "wal-g", name) { Newest = [new(BackupType.Full, At(40), TimeSpan.FromDays(1))], OldestFull = oldest };

    [Fact]
    public void WAL_that_expired_before_its_backup_did_ends_the_window()
    {
        Assert.Equal(At(30), Start([10, 20, 30], (25, 40)));
        // What is left of the older ones is their own WAL: that is how pgBackRest keeps less WAL than backups.
        Assert.Equal(At(30), Start([10, 20, 30], (10, 10), (20, 20), (30, 40)));
    }

    /// <summary>Whether WAL since then is there, nobody has looked.</summary>
    [Fact]
    public void Where_the_oldest_backup_was_not_compared_the_tools_word_counts() => Assert.Equal(At(10), Start([30], (30, 40)));

    [Fact]
    public void A_hole_after_the_newest_backup_leaves_none()
    {
        var result = Asked(Backups([10, 20, 30]), (10, 35), (37, 40));
        Assert.Empty(result.Windows);
        Assert.DoesNotContain(Findings.For(result), finding => finding.Summary.Contains("how far back", StringComparison.Ordinal));
        Assert.Empty(Asked(Backups([10, 20]), (30, 40)).Windows);
        Assert.Empty(Asked(Backups([20, 30]), (10, 35), (37, 40)).Windows);
    }

    [Fact]
    public void What_is_kept_for_ever_neither_starts_it_nor_makes_a_hole()
    {
        ArchivedBackup[] kept = [.. Backups([20, 30]), .. Backups([10]).Select(backup => backup with { IsKeptForEver = true })];
        Assert.Equal(At(20), Start(kept, (10, 40)));
        var holed = Asked(kept, (10, 10), (20, 40));
        Assert.Equal(At(20), holed.Windows[0].Start);
        Assert.Null(holed.ArchiveAssessment!.Best!.Earlier);
        Assert.NotNull(Asked(Backups([10, 20, 30]), (10, 10), (20, 40)).ArchiveAssessment!.Best!.Earlier);
    }

    [Fact]
    public void Only_full_backups_start_it() =>
        Assert.Equal(At(20), Start([.. Backups([20, 30]), Backups([10])[0] with { Type = BackupType.Incr }], (10, 40)));

    [Fact]
    public void Of_two_archives_the_better_one_counts()
    {
        var result = Asked(Backups([10, 20, 30]), (10, 40));
        var holed = Listing([(10, 25), (27, 40)]) with { Storage = "far" };
        Assert.Equal(
            At(10),
            (result with { Archive = new([holed, .. result.Archive!.Listings], result.Archive.Backups) }).Windows[0].Start
        );
    }

    /// <summary>One tool's backups can be placed in the WAL, and those of the other cannot.</summary>
    [Fact]
    public void Of_a_tool_that_does_not_say_where_its_backups_begin_its_word_counts()
    {
        var result = Asked([.. Backups([20, 30]), new(SourceName.Catalog, "other", BackupType.Full, At(10))], (20, 40));
        result = result with { Backups = [Facts with { Oldest = At(20) }, Facts with { Tool = "other" }] };
        Assert.Equal([("wal-g", At(20)), ("other", At(10))], result.Windows.Select(window => (window.Tool, window.Start)));
    }

    [Fact]
    public void The_older_ones_are_not_among_those_whose_wal_is_counted()
    {
        var word = Asked([.. Newest([30]), .. Older([10, 20])], (20, 40)).ArchiveAssessment!;
        Assert.Equal([(0, 1)], word.WithoutWal().Select(kind => (kind.Without, kind.Compared)));
    }

    static DateTimeOffset At(long number) => Noon.AddDays(number - 41);

    static ArchivedBackup[] Newest(long[] numbers) => Backups(numbers);

    static IEnumerable<ArchivedBackup> Older(long[] numbers) => Backups(numbers).Select(backup => backup with { IsOfNewest = false });

    static ArchivedBackup[] Backups(long[] numbers) =>
        [
            .. numbers.Select(number => new ArchivedBackup(SourceName.Catalog, "wal-g", BackupType.Full, At(number))
            {
                StartSegment = SegmentName.Format(1, number),
                StopSegment = SegmentName.Format(1, number),
            }),
        ];

    static DateTimeOffset? Start(long[] numbers, params (long First, long Last)[] ranges) => Start(Backups(numbers), ranges);

    static DateTimeOffset? Start(ArchivedBackup[] backups, params (long First, long Last)[] ranges) =>
        Assert.Single(Asked(backups, ranges).Windows).Start;

    static ProbeResult Asked(ArchivedBackup[] backups, params (long First, long Last)[] ranges) =>
        Result with
        {
            Instance = Orders with { Sources = [SourceName.Catalog], Window = [new(Severity.Critical, TimeSpan.FromDays(28))] },
            Server = null,
            Backups = [Facts],
            SourcesThatAnswered = [SourceName.Catalog],
            Archive = new([Listing(ranges)], backups),
        };

    static ArchiveListing Listing((long First, long Last)[] ranges) =>
        new("default")
        {
            ListedAt = Noon,
            SegmentSize = Segment,
            Segments = [.. ranges.Select(range => new WalRange(1, range.First, range.Last, Noon.AddMinutes(-3)))],
        };
}
