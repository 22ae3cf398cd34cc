using BackupMetricsJob.Backups;
using static BackupMetricsJob.Tests.Backups.Evidence;

namespace BackupMetricsJob.Tests.Backups;

/// <summary>The loss window of design section 5, step by step.</summary>
public sealed class LossWindowTests
{
    static readonly WalEvidence Bare = Wal with { NewestDone = null, NewestBeforeUnarchived = null };

    [Fact]
    public void It_is_the_last_write_minus_the_newest_archived_segment() => AssertWindow(170, Server);

    [Fact]
    public void It_is_nothing_where_nothing_is_unarchived() => AssertWindow(0, Server with { Wal = Wal with { UnarchivedBytes = 0, NewestDone = null } });

    [Fact]
    public void Without_done_files_the_segment_before_the_first_unarchived_one_tells() =>
        AssertWindow(50, Server with { Wal = Bare with { NewestBeforeUnarchived = Noon.AddSeconds(-60) } });

    [Fact]
    public void Else_the_earlier_of_the_last_success_and_the_first_waiting_segment() =>
        AssertWindow(590, Server with { Wal = Bare with { OldestReady = Noon.AddMinutes(-10) } });

    [Fact]
    public void Else_the_base_backup_since_nobody_knows_when_the_first_waiting_segment_began()
    {
        var unknown = Server with { Archiver = new(0, null, 0, null, null, null), Wal = Bare with { OldestReady = Noon.AddMinutes(-10) } };
        AssertWindow((3 * 3600) - 10, unknown);
        Assert.Equal(TimeSpan.FromSeconds(590), RecoveryPoint.LossWindow(unknown, [Backup with { LastSuccess = Noon.AddMinutes(-5) }]));
    }

    [Fact]
    public void Where_nothing_waits_either_it_is_the_base_backup() =>
        AssertWindow((3 * 3600) - 10, Server with { Archiver = new(0, null, 0, null, null, null), Wal = Bare });

    [Fact]
    public void Archive_timeout_bounds_it_from_the_first_waiting_segment() =>
        AssertWindow(50 + 60, Server with { Wal = Wal with { NewestDone = Noon.AddHours(-5), OldestReady = Noon.AddSeconds(-60), ArchiveTimeout = TimeSpan.FromMinutes(1) } });

    [Fact]
    public void Archive_timeout_bounds_it_from_the_last_write_where_nothing_waits() =>
        AssertWindow(60, Server with { Wal = Wal with { NewestDone = Noon.AddHours(-5), ArchiveTimeout = TimeSpan.FromMinutes(1) } });

    [Fact]
    public void It_is_never_negative() => AssertWindow(0, Server with { Wal = Wal with { NewestDone = Noon } });

    [Fact]
    public void It_is_unknown_without_a_base_backup_without_rights_and_on_a_standby()
    {
        Assert.Null(RecoveryPoint.LossWindow(Server, []));
        Assert.Null(RecoveryPoint.LossWindow(Server, [Backup with { LastSuccess = null }]));
        Assert.Null(RecoveryPoint.LossWindow(Server with { Wal = null }, [Backup]));
        Assert.Null(RecoveryPoint.LossWindow(Server with { InRecovery = true, ArchiveMode = "always" }, [Backup]));
    }

    [Fact]
    public void Without_archiving_all_since_the_newest_backup_is_lost()
    {
        var off = Server with { ArchiveMode = "off" };
        Assert.Equal(TimeSpan.FromHours(3), RecoveryPoint.LossWindow(off, [Backup with { Age = TimeSpan.FromHours(9), LastSuccess = Noon.AddHours(-9) }, Backup]));
        Assert.Null(RecoveryPoint.LossWindow(off with { Wal = Wal with { ReceiversAreVisible = false } }, [Backup]));
    }

    [Fact]
    public void A_current_receiver_loses_what_came_after_its_last_word()
    {
        var off = Server with { ArchiveMode = "off" };
        Assert.Equal(TimeSpan.FromSeconds(7), RecoveryPoint.LossWindow(off with { Wal = Wal with { Receiver = new(true, Noon.AddSeconds(-7), null) } }, [Backup]));
        Assert.Null(RecoveryPoint.LossWindow(off with { Wal = Wal with { Receiver = new(false, Noon, null) } }, [Backup]));
        Assert.Equal(TimeSpan.FromSeconds(80), RecoveryPoint.LossWindow(off with { Wal = Wal with { Receiver = new(false, Noon, Noon.AddSeconds(-90)) } }, [Backup]));
    }

    [Fact]
    public void The_better_of_archive_and_receiver_counts() =>
        AssertWindow(7, Server with { Wal = Wal with { Receiver = new(true, Noon.AddSeconds(-7), null) } });

    static void AssertWindow(double seconds, ServerEvidence evidence) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), RecoveryPoint.LossWindow(evidence, [Backup]));
}
