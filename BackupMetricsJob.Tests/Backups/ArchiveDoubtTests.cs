using BackupMetricsJob.Backups;
using static BackupMetricsJob.Tests.Backups.Evidence;

namespace BackupMetricsJob.Tests.Backups;

/// <summary>When a server's word that its archive is whole is not enough.</summary>
public sealed class ArchiveDoubtTests
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
            "what would be lost is not known: 2 segments lie between the newest base backup and the archive's end, and 1 file was archived "
                + "since the statistics began at 2026-11-22 11:00:00 UTC (a crash resets them): there may be a hole",
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
        Assert.Null(Doubt(server, tool with { LastSuccess = Noon.AddHours(-4) }));
        Assert.Null(Doubt(server, tool with { StartLsn = 6 * Segment }));
        Assert.Null(
            Doubt(server with { Archiver = Server.Archiver, Wal = Promoted with { TimelineBegan = null, BackupTimeline = 2 } }, tool)
        );
    }

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

    static string? Doubt(ServerEvidence server, BackupFacts backup) => ArchiveDoubt.Find(server, backup)?.Summary;
}
