using BackupMetricsJob.Backups;
using static BackupMetricsJob.Tests.Backups.Evidence;

namespace BackupMetricsJob.Tests.Backups;

/// <summary>When a server's evidence that its archive is whole is not enough.</summary>
public sealed class UnknownRecoveryPointTests
{
    static readonly WalEvidence Promoted = Wal with
    {
        Timeline = 2,
        BackupTimeline = null,
        BackupStart = null,
        TimelineBegan = Noon.AddHours(-5),
    };

    [Fact]
    public void It_is_enough_where_all_that_lies_between_was_archived() => Assert.Null(Doubt(Server, Backup));

    [Fact]
    public void It_is_not_where_fewer_files_were_archived_than_lie_between()
    {
        Assert.Null(Doubt(Server with { Archiver = Server.Archiver with { ArchivedCount = 2 } }, Backup));
        Assert.Equal(
            "what would be lost is not known: 2 segments lie between the base backup of 2026-11-22 09:00:00 UTC and the archive's end, "
                + "and 1 file was archived since the statistics began at 2026-11-22 11:00:00 UTC (a crash resets them): "
                + "there may be a hole",
            Doubt(Server with { Archiver = Server.Archiver with { ArchivedCount = 1, Begin = Noon.AddHours(-1) } }, Backup)
        );
    }

    [Fact]
    public void It_is_not_for_a_backup_of_before_a_failover()
    {
        const string Said =
            "what would be lost is not known: the newest base backup, of 2026-11-22 09:00:00 UTC, "
            + "is not known to have begun on timeline 2, "
            + "and what was archived before that failover this server cannot know";
        Assert.Equal(Said, Doubt(Server with { Wal = Wal with { Timeline = 2 } }, Backup));
        Assert.Null(Doubt(Server with { Wal = Wal with { Timeline = 2, BackupTimeline = 2 } }, Backup));
    }

    [Fact]
    public void Of_a_backup_that_only_a_tool_knows_its_time_tells_which_timeline_it_is_on()
    {
        var tool = Backup with { Source = SourceName.Catalog, LastDuration = TimeSpan.FromHours(1) };
        Assert.Null(Doubt(Server with { Wal = Promoted }, tool));
        Assert.NotNull(Doubt(Server with { Wal = Promoted with { TimelineBegan = Noon.AddHours(-3.5) } }, tool));
        // The time of the history file is cut to the second: in that second the backup may have begun before.
        Assert.NotNull(Doubt(Server with { Wal = Promoted with { TimelineBegan = Noon.AddHours(-4) } }, tool));
        Assert.Null(Doubt(Server with { Wal = Promoted with { TimelineBegan = Noon.AddHours(-4).AddSeconds(-1) } }, tool));
        Assert.NotNull(Doubt(Server with { Wal = Promoted with { TimelineBegan = null } }, tool));
        Assert.Null(Doubt(Server with { Wal = Wal }, tool));
    }

    [Fact]
    public void A_tools_backup_that_is_the_servers_own_newest_begins_where_that_does()
    {
        var tool = Backup with { Source = SourceName.Catalog, LastSuccess = Noon.AddHours(-3).AddMinutes(-4) };
        var server = Server with
        {
            BaseBackup = new(Noon.AddHours(-3), null, "wal-g"),
            Archiver = Server.Archiver with { ArchivedCount = 1 },
        };
        Assert.NotNull(Doubt(server, tool));
        Assert.Null(Doubt(server, tool with { StartLsn = 6 * Segment }));
        Assert.Null(
            Doubt(server with { Archiver = Server.Archiver, Wal = Promoted with { TimelineBegan = null, BackupTimeline = 2 } }, tool)
        );
    }

    [Fact]
    public void A_tool_that_says_the_timeline_or_the_segment_is_believed_before_any_time()
    {
        var tool = Backup with { Source = SourceName.Catalog, StartSegment = "000000010000000000000005" };
        Assert.Equal(
            "what would be lost is not known: the newest base backup, of 2026-11-22 09:00:00 UTC, began on timeline 1, and this "
                + "server writes timeline 2; what was archived on another timeline it cannot know",
            Doubt(Server with { Wal = Promoted }, tool)
        );
        Assert.NotNull(Doubt(Server with { Wal = Promoted }, tool with { StartSegment = null, Timeline = 1 }));
        Assert.Null(Doubt(Server with { Wal = Promoted }, tool with { Timeline = 2 }));
        Assert.NotNull(Doubt(Server, tool with { Timeline = 2 }));

        // Segment 5 to the archive's end in segment 7: two.
        Assert.Null(Doubt(Server with { Archiver = Server.Archiver with { ArchivedCount = 2 } }, tool));
        Assert.NotNull(Doubt(Server with { Archiver = Server.Archiver with { ArchivedCount = 1 } }, tool));
    }

    [Fact]
    public void A_backup_that_cannot_be_placed_is_as_good_as_the_time_that_the_server_can_speak_of()
    {
        var tool = Backup with { Source = SourceName.Query, LastDuration = TimeSpan.FromHours(1) };
        var server = Server with { Wal = Wal with { BackupStart = null, BackupTimeline = null }, Started = Noon.AddHours(-4) };
        Assert.Null(Doubt(server, tool));
        Assert.Equal(
            "what would be lost is not known: the source of the newest base backup, of 2026-11-22 09:00:00 UTC, does not say where in the "
                + "WAL it begins, and the server was started at 2026-11-22 08:00:01 UTC, after it, perhaps after a time without archiving",
            Doubt(server with { Started = Noon.AddHours(-4).AddSeconds(1) }, tool)
        );
        Assert.Null(Doubt(server with { Archiver = server.Archiver with { Begin = Noon.AddHours(-4) } }, tool));
        Assert.EndsWith(
            "and the statistics of the archiver began at 2026-11-22 08:00:01 UTC, after it",
            Doubt(server with { Archiver = server.Archiver with { Begin = Noon.AddHours(-4).AddSeconds(1) } }, tool)
        );
    }

    [Fact]
    public void A_backup_that_cannot_be_placed_is_held_against_the_servers_own()
    {
        var server = Server with
        {
            BaseBackup = new(Noon.AddHours(-3), null, "wal-g"),
            Archiver = Server.Archiver with { ArchivedCount = 2 },
            Started = Noon.AddMinutes(-1),
        };
        var tool = Backup with { Source = SourceName.Query };
        var (older, newer) = (tool with { LastSuccess = Noon.AddHours(-4) }, tool with { LastSuccess = Noon.AddHours(-2) });

        // All since an older backup was archived, so all since a newer one; of an older one that is not known.
        Assert.Null(Doubt(server, newer));
        Assert.Contains("does not say where", Doubt(server, older), StringComparison.Ordinal);

        var fewer = server with { Archiver = server.Archiver with { ArchivedCount = 1 } };
        Assert.Contains("at least 2 segments lie between", Doubt(fewer, older), StringComparison.Ordinal);
        Assert.Contains("does not say where", Doubt(fewer, newer), StringComparison.Ordinal);
        Assert.Null(Doubt(fewer with { Started = Noon.AddDays(-9) }, newer));
    }

    [Fact]
    public void It_is_not_where_each_segment_may_overwrite_the_last() =>
        Assert.Contains("without %f", Doubt(Server with { MayOverwrite = true }, Backup), StringComparison.Ordinal);

    [Fact]
    public void It_is_not_where_a_segment_may_be_skipped() =>
        Assert.Contains("succeeds without storing", Doubt(Server with { MaySkip = true }, Backup), StringComparison.Ordinal);

    [Fact]
    public void It_is_not_where_the_backups_own_wal_is_not_archived()
    {
        var unarchived = Server with { Wal = Wal with { BackupStart = (7 * Segment) + 40 } };
        Assert.Equal(
            "the newest base backup, of 2026-11-22 09:00:00 UTC, cannot be restored from the archive: its own WAL is not archived",
            Doubt(unarchived, Backup)
        );
        Assert.Null(Doubt(unarchived, Backup with { Oldest = Noon.AddDays(-3) }));
    }

    [Fact]
    public void It_is_not_where_nothing_was_archived()
    {
        var silent = Server with { Archiver = new(0, null, 0, null, null, null) };
        Assert.NotNull(Doubt(silent, Backup));
        Assert.NotNull(Doubt(silent with { Wal = Wal with { BackupStart = null } }, Backup));
    }

    [Fact]
    public void What_is_doubted_is_told_and_is_no_recovery_point()
    {
        var result = Result with { Server = Server with { Archiver = Server.Archiver with { ArchivedCount = 1 } } };
        Assert.Null(result.LossWindow);
        Assert.Contains("there may be a hole", Assert.Single(Findings.For(result)).Summary, StringComparison.Ordinal);

        // A receiver that came a second ago does not know what was before it.
        var received = result with
        {
            Server = result.Server with { Wal = Wal with { Receiver = new(true, Noon, null) } },
        };
        Assert.Null(received.LossWindow);
        Assert.Contains("there may be a hole", Assert.Single(Findings.For(received)).Summary, StringComparison.Ordinal);
    }

    static string? Doubt(ServerEvidence server, BackupFacts backup) => UnknownRecoveryPoint.Find(server, backup)?.Summary;
}
