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
    public void It_is_nothing_where_nothing_is_unarchived() =>
        AssertWindow(0, Server with { Wal = Wal with { UnarchivedBytes = 0, NewestDone = null } });

    [Fact]
    public void Without_done_files_the_segment_before_the_first_unarchived_one_tells() =>
        AssertWindow(50, Server with { Wal = Bare with { NewestBeforeUnarchived = Noon.AddSeconds(-60) } });

    [Fact]
    public void Else_the_earlier_of_the_last_success_and_the_first_waiting_segment() =>
        AssertWindow(590, Server with { Wal = Bare with { OldestReadySegment = Noon.AddMinutes(-10) } });

    [Fact]
    public void Without_statistics_nobody_knows() =>
        Assert.Null(RecoveryPoint.Estimate(Server with { Archiver = new(0, null, 0, null, null, null), Wal = Bare }, [Backup]));

    [Fact]
    public void Archive_timeout_bounds_it_from_the_first_waiting_segment() =>
        AssertWindow(
            50 + 60,
            Server with
            {
                Wal = Wal with
                {
                    NewestDone = Noon.AddHours(-5),
                    OldestReadySegment = Noon.AddSeconds(-60),
                    ArchiveTimeout = TimeSpan.FromMinutes(1),
                },
            }
        );

    [Fact]
    public void Archive_timeout_bounds_it_from_the_last_write_where_nothing_waits() =>
        AssertWindow(60, Server with { Wal = Wal with { NewestDone = Noon.AddHours(-5), ArchiveTimeout = TimeSpan.FromMinutes(1) } });

    [Fact]
    public void It_is_never_negative() => AssertWindow(0, Server with { Wal = Wal with { NewestDone = Noon } });

    [Fact]
    public void A_mark_long_after_the_last_write_and_a_time_in_the_future_tell_nothing()
    {
        Assert.Null(RecoveryPoint.Estimate(Server with { Wal = Wal with { NewestDone = Noon.AddMinutes(5) } }, [Backup]));
        AssertWindow(0, Server with { Wal = Wal with { NewestDone = Noon.AddMinutes(4) } });
        Assert.Null(RecoveryPoint.Estimate(Server with { FutureTime = "last_archived_time is" }, [Backup]));
    }

    /// <summary>They may be those of a copy: what waited for long before the server was moved looks as if it had just begun to.</summary>
    [Fact]
    public void Waiting_files_from_before_the_servers_start_bound_nothing()
    {
        var waiting = Server with
        {
            Wal = Wal with
            {
                NewestDone = Noon.AddHours(-5),
                OldestReadySegment = Noon.AddSeconds(-60),
                ArchiveTimeout = TimeSpan.FromMinutes(1),
            },
        };
        AssertWindow(50 + 60, waiting with { Started = Noon.AddSeconds(-60) });
        AssertWindow((5 * 3600) - 10, waiting with { Started = Noon.AddSeconds(-59) });
    }

    [Fact]
    public void It_is_unknown_without_a_base_backup_without_rights_and_on_a_standby()
    {
        Assert.Null(RecoveryPoint.Estimate(Server, []));
        Assert.Null(RecoveryPoint.Estimate(Server, [Backup with { LastSuccess = null }]));
        Assert.Null(RecoveryPoint.Estimate(Server with { Wal = null }, [Backup]));
        Assert.Null(RecoveryPoint.Estimate(Server with { InRecovery = true, ArchiveMode = "always" }, [Backup]));
    }

    [Fact]
    public void Without_archiving_all_since_the_newest_backup_is_lost()
    {
        var off = Server with { ArchiveMode = "off" };
        var kept = Backup with { Source = SourceName.Catalog, Tool = "barman" };
        Assert.Equal(
            TimeSpan.FromHours(3),
            RecoveryPoint.Estimate(off, [kept with { Age = TimeSpan.FromHours(9), LastSuccess = Noon.AddHours(-9) }, kept])?.Window
        );
        Assert.Null(RecoveryPoint.Estimate(off with { Wal = Wal with { ReceiversAreVisible = false } }, [kept]));

        // One that only the server knows began while archive_mode was on: nobody says that the WAL it needs was archived.
        Assert.Null(RecoveryPoint.Estimate(off, [Backup]));
        Assert.Null(RecoveryPoint.Estimate(off with { Wal = Wal with { Receiver = new(true, Noon, null) } }, [Backup]));
    }

    [Fact]
    public void A_current_receiver_loses_what_came_after_its_last_word()
    {
        var off = Server with { ArchiveMode = "off" };
        var kept = Backup with { Source = SourceName.Catalog, Tool = "barman" };
        Assert.Equal(
            TimeSpan.FromSeconds(7),
            RecoveryPoint.Estimate(off with { Wal = Wal with { Receiver = new(true, Noon.AddSeconds(-7), null) } }, [kept])?.Window
        );
        Assert.Null(RecoveryPoint.Estimate(off with { Wal = Wal with { Receiver = new(false, Noon, null) } }, [kept]));
        Assert.Equal(
            TimeSpan.FromSeconds(80),
            RecoveryPoint.Estimate(off with { Wal = Wal with { Receiver = new(false, Noon, Noon.AddSeconds(-90)) } }, [kept])?.Window
        );
        Assert.Equal(
            TimeSpan.FromSeconds(80),
            RecoveryPoint.Estimate(off with { Wal = Wal with { Receiver = new(true, null, Noon.AddSeconds(-90)) } }, [kept])?.Window
        );
    }

    [Fact]
    public void The_better_of_archive_and_receiver_counts() =>
        AssertWindow(7, Server with { Wal = Wal with { Receiver = new(true, Noon.AddSeconds(-7), null) } });

    [Fact]
    public void It_stands_on_the_servers_word_where_wal_would_be_replayed_by_that()
    {
        Assert.True(RecoveryPoint.Estimate(Server, [Backup])!.IsByServer);
        Assert.False(
            RecoveryPoint
                .Estimate(Server with { ArchiveMode = "off" }, [Backup with { Source = SourceName.Catalog, HasItsWal = true }])!
                .IsByServer
        );
        Assert.False(
            RecoveryPoint
                .Estimate(
                    Server,
                    [
                        Backup,
                        Backup with
                        {
                            Type = BackupType.Logical,
                            LastSuccess = Noon,
                            Age = TimeSpan.Zero,
                            LastDuration = TimeSpan.Zero,
                        },
                    ]
                )!
                .IsByServer
        );
    }

    [Fact]
    public void A_command_that_throws_wal_away_leaves_what_a_receiver_keeps()
    {
        var thrown = Server with { DiscardReason = "true" };
        Assert.Null(RecoveryPoint.Estimate(thrown, [Backup]));
        AssertWindow(7, thrown with { Wal = Wal with { Receiver = new(true, Noon.AddSeconds(-7), null) } });
    }

    [Fact]
    public void A_backup_with_its_wal_is_a_recovery_point_without_an_archive()
    {
        var carrying = Backup with { Source = SourceName.Catalog, HasItsWal = true };
        foreach (var server in new[] { Server with { DiscardReason = "true" }, Server with { ArchiveMode = "off" } })
        {
            Assert.Equal(TimeSpan.FromHours(3), RecoveryPoint.Estimate(server, [carrying])?.Window);
            Assert.Null(RecoveryPoint.Estimate(server, [carrying with { HasItsWal = false }]));
            Assert.Null(RecoveryPoint.Estimate(server, [carrying with { HasItsWal = null }]));
        }

        // Of another tool nobody expects that it has: where nothing is archived, its backup is one by its word.
        var other = carrying with
        {
            Tool = "zfs",
            HasItsWal = null,
        };
        Assert.Null(RecoveryPoint.Estimate(Server with { DiscardReason = "true" }, [other]));
        Assert.NotNull(RecoveryPoint.Estimate(Server with { ArchiveMode = "off" }, [other]));
    }

    static void AssertWindow(double seconds, ServerEvidence evidence) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), RecoveryPoint.Estimate(evidence, [Backup])?.Window);
}
