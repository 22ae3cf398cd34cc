using BackupMetricsJob.Backups;
using BackupMetricsJob.Reporting;
using static BackupMetricsJob.Tests.Backups.Evidence;

namespace BackupMetricsJob.Tests.Backups;

/// <summary>How far back a restore reaches, by which tool's word, and what is said where that is not far enough, or not known.</summary>
public sealed class RecoveryWindowTests
{
    internal static readonly BackupFacts Full = new(SourceName.Catalog, "wal-g", BackupType.Full)
    {
        LastSuccess = Noon.AddHours(-3),
        Age = TimeSpan.FromHours(3),
        Oldest = Noon.AddDays(-20),
    };

    internal static readonly ProbeResult Asked = Result with
    {
        Instance = Orders with
        {
            Sources = [SourceName.Server, SourceName.Catalog],
            Window = [new(Severity.Warning, TimeSpan.FromDays(28)), new(Severity.Critical, TimeSpan.FromDays(14))],
        },
        Backups = [Backup, Full],
        SourcesThatAnswered = [SourceName.Server, SourceName.Catalog],
    };

    [Fact]
    public void It_starts_when_the_oldest_full_backup_finished()
    {
        Assert.Equal([new(SourceName.Catalog, "wal-g", Noon.AddDays(-20))], Asked.Windows);
        // What builds on it is younger, a dump has no WAL after it, and what is in the archive is no backup.
        Assert.Equal(Asked.Windows, (Asked with { Backups = [.. Asked.Backups, .. Others(-90)] }).Windows);
    }

    static IEnumerable<BackupFacts> Others(int days) =>
        from type in new[] { BackupType.Incr, BackupType.Diff, BackupType.Logical, BackupType.Wal, BackupType.RestoreTest }
        select Full with
        {
            Type = type,
            Oldest = Noon.AddDays(days),
        };

    [Theory]
    [InlineData(20, "warning", 28)]
    [InlineData(14, "warning", 28)]
    [InlineData(13, "critical", 14)]
    public void One_that_is_too_short_is_told_with_the_limit_that_it_misses_and_when_it_will_be_long_enough(
        int days,
        string severity,
        int limit
    ) =>
        Assert.Equal(
            [
                new(
                    severity == "critical",
                    $"a restore reaches back {days} days, to {Humanize.Time(Noon.AddDays(-days))}, the {severity} limit is {limit} days",
                    "See for how long wal-g keeps full backups and WAL, and whether somebody deleted some. "
                        + $"If nothing else is deleted, the {severity} limit is met from "
                        + $"{Humanize.Time(Noon.AddDays(limit - days))} on."
                ),
            ],
            Findings.For(Since(days))
        );

    [Fact]
    public void One_that_is_long_enough_or_was_not_asked_for_is_not_told()
    {
        Assert.Empty(Findings.For(Since(28)));
        Assert.Empty(Findings.For(Since(1) with { Instance = Orders with { Sources = Asked.Instance.Sources } }));
        Assert.Empty(Findings.For(Since(1) with { IsMonitored = false, Instance = Asked.Instance with { Limits = [] } }));
    }

    [Fact]
    public void Of_two_tools_the_one_that_reaches_back_further_counts_if_it_still_makes_backups()
    {
        var other = Full with
        {
            Tool = "barman",
            Oldest = Noon.AddDays(-40),
            LastSuccess = Noon.AddHours(-50),
            Age = TimeSpan.FromHours(50),
        };
        Assert.Empty(Findings.For(Asked with { Backups = [Full, other] }));

        var late = other with { LastSuccess = Noon.AddHours(-51), Age = TimeSpan.FromHours(51) };
        Assert.Equal(["wal-g"], (Asked with { Backups = [Full, late] }).Windows.Select(window => window.Tool));
        // An incremental backup of today is one, and where all are late, all the WAL may still be there.
        Assert.Equal(2, (Asked with { Backups = [Full, late, Full with { Tool = "barman", Type = BackupType.Incr }] }).Windows.Count);
        Assert.Equal(2, (Asked with { Backups = [late, late with { Tool = "wal-g" }] }).Windows.Count);
        Assert.Equal(2, (Unlimited(Asked) with { Backups = [Full, late] }).Windows.Count);
    }

    static ProbeResult Unlimited(ProbeResult result) => result with { Instance = result.Instance with { Limits = [] } };

    [Fact]
    public void A_cluster_that_is_younger_must_reach_back_to_its_first_days()
    {
        // Made 10 days ago: 50 h were allowed until the first backup.
        var young = Since(8) with
        {
            Server = Made(10),
        };
        Assert.Empty(Findings.For(young));
        Assert.Equal(
            [Day(10) - TimeSpan.FromHours(50), Day(10) - TimeSpan.FromHours(50)],
            WindowLimit.For(young).Select(limit => limit.Min)
        );

        // The limit grows with the cluster: the alert ends when what was asked for is met.
        var finding = Findings.For(Since(7) with { Server = Made(10) })[0];
        Assert.EndsWith(
            "the critical limit is 14 days (7.9 days for now, since the cluster is young)",
            finding.Summary,
            StringComparison.Ordinal
        );
        Assert.EndsWith($"is met from {Humanize.Time(Noon.AddDays(7))} on.", finding.Advice, StringComparison.Ordinal);
        Assert.Equal(
            "8 days (limits 28 days and 14 days, 7.9 days for now, since the cluster is young), "
                + $"since {Humanize.Time(Noon.AddDays(-8))}, wal-g",
            ShowStorageLines.Window(young)
        );
        Assert.Equal([TimeSpan.Zero, TimeSpan.Zero], WindowLimit.For(Since(0) with { Server = Made(1) }).Select(limit => limit.Min));
        Assert.Equal([Day(8), Day(8)], WindowLimit.For(Unlimited(Since(0)) with { Server = Made(10) }).Select(limit => limit.Min));
        // The critical limit can be met, the warning cannot.
        Assert.Equal(
            [Day(20) - TimeSpan.FromHours(50), Day(14)],
            WindowLimit.For(Since(17) with { Server = Made(20) }).Select(limit => limit.Min)
        );
        // A clock that is ahead proves nothing.
        Assert.Equal([Day(28), Day(14)], WindowLimit.For(Since(8) with { Server = Made(-1) }).Select(limit => limit.Min));
    }

    [Fact]
    public void The_tools_list_may_tell_the_cluster_where_the_server_is_not_asked()
    {
        var result = Since(8) with { Server = null, Backups = [Full with { Oldest = Noon.AddDays(-8), SystemIdentifier = Cluster(10) }] };
        Assert.Empty(Findings.For(result));
    }

    internal static TimeSpan Day(int days) => TimeSpan.FromDays(days);

    static ulong Cluster(int days) => ((ulong)Noon.AddDays(-days).ToUnixTimeSeconds() << 32) | 0x1234_5678;

    static ServerEvidence Made(int daysAgo) => Server with { SystemIdentifier = Cluster(daysAgo) };

    static ProbeResult Since(int days) => Asked with { Backups = [Backup, Full with { Oldest = Noon.AddDays(-days) }] };

    internal static StorageFacts Storage(string name, int? oldestDaysAgo, int newestHoursAgo = 3) =>
        new(SourceName.Catalog, "wal-g", name)
        {
            Newest = [new(BackupType.Full, Noon.AddHours(-newestHoursAgo), TimeSpan.FromHours(newestHoursAgo))],
            OldestFull = oldestDaysAgo is { } days ? Noon.AddDays(-days) : null,
        };

    /// <summary>The WAL after the backups of a storage that gets none any more has ended, too.</summary>
    [Fact]
    public void Of_several_storages_the_one_that_reaches_back_furthest_counts_if_it_still_gets_backups()
    {
        var two = Since(40) with
        {
            Storages = [Storage("repo1", 10) with { FirstSegment = "000000010000000000000007" }, Storage("repo2", 40, newestHoursAgo: 50)],
        };
        Assert.Equal(Noon.AddDays(-40), Assert.Single(two.Windows).Start);

        var stopped = two with { Storages = [two.Storages[0], Storage("repo2", 40, newestHoursAgo: 51)] };
        // A dump of today has no WAL after it.
        StoredBackup dump = new(BackupType.Logical, Noon.AddHours(-3), TimeSpan.FromHours(3));
        stopped = stopped with
        {
            Storages = [two.Storages[0], stopped.Storages[1] with { Newest = [.. stopped.Storages[1].Newest, dump] }],
        };
        var unreadable = two with { Storages = [Storage("repo1", 10), Storage("repo2", 40) with { Error = "[13] Permission denied" }] };
        Assert.All(
            [(stopped, "gets no backups any more"), (unreadable, "could not be read")],
            of =>
            {
                Assert.Equal(Noon.AddDays(-10), Assert.Single(of.Item1.Windows).Start);
                Assert.EndsWith(
                    $"; the oldest backup is from {Humanize.Time(Noon.AddDays(-40))}, but repo2 {of.Item2}",
                    Findings
                        .For(of.Item1)
                        .Single(finding => finding.Summary.StartsWith("a restore reaches", StringComparison.Ordinal))
                        .Summary,
                    StringComparison.Ordinal
                );
            }
        );
        // Where all are late, all the WAL may still be there; without a limit nothing is late.
        Assert.Equal(Noon.AddDays(-40), (two with { Storages = [Storage("repo1", 10, 51), Storage("repo2", 40, 51)] }).Windows[0].Start);
        Assert.Equal(Noon.AddDays(-40), Unlimited(stopped).Windows[0].Start);
    }

    [Fact]
    public void What_began_before_the_WAL_that_its_repository_still_has_does_not_count()
    {
        var result = Since(40) with { Storages = [Storage("repo1", 10) with { FirstSegment = "000000010000000000000007" }] };
        Assert.Equal(Noon.AddDays(-10), Assert.Single(result.Windows).Start);
        Assert.Contains(
            $"; the oldest backup is from {Humanize.Time(Noon.AddDays(-40))}, but repo1 has WAL from 000000010000000000000007 on only",
            Findings.For(result)[0].Summary,
            StringComparison.Ordinal
        );
    }
}
