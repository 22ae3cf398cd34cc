using BackupMetricsJob.Backups;
using static BackupMetricsJob.Tests.Backups.Evidence;

namespace BackupMetricsJob.Tests.Backups;

/// <summary>Which state follows from which evidence.</summary>
public sealed class ArchiverStateTests
{
    static readonly ArchiverStatistics Zero = new(0, null, 0, null, null, null);
    static readonly WalEvidence NothingDone = Wal with { DoneSegments = 0, NewestDone = null };
    static readonly WalEvidence Waiting = NothingDone with { ReadySegments = 2, OldestReady = Noon.AddMinutes(-3) };

    [Fact]
    public void A_last_success_after_the_last_failure_is_ok() =>
        AssertState(ArchiverState.Ok, Server with { Archiver = new(10, Noon, 5, Noon.AddSeconds(-1), null, null) });

    [Fact]
    public void A_last_failure_after_the_last_success_is_failing() =>
        AssertState(ArchiverState.Failing, Server with { Archiver = new(10, Noon.AddSeconds(-1), 5, Noon, null, null) });

    [Fact]
    public void Failures_alone_with_wal_waiting_are_never() =>
        AssertState(ArchiverState.Never, Server with { Archiver = new(0, null, 5, Noon, null, null), Wal = Waiting });

    [Fact]
    public void Failures_since_a_crash_of_an_archiver_that_worked_are_failing() =>
        AssertState(
            ArchiverState.Failing,
            Server with
            {
                Archiver = new(0, null, 5, Noon, null, null),
                Wal = Waiting with { DoneSegments = 1 },
            }
        );

    [Fact]
    public void Failures_alone_where_the_directory_may_not_be_read_are_failing() =>
        AssertState(ArchiverState.Failing, Server with { Archiver = new(0, null, 5, Noon, null, null), Wal = null });

    [Fact]
    public void Waiting_wal_and_no_statistics_are_never() =>
        AssertState(ArchiverState.Never, Server with { Archiver = Zero, Wal = Waiting });

    [Fact]
    public void No_statistics_and_nothing_waiting_are_unknown() => AssertState(null, Server with { Archiver = Zero, Wal = NothingDone });

    [Fact]
    public void No_statistics_and_no_right_to_look_are_unknown() => AssertState(null, Server with { Archiver = Zero, Wal = null });

    [Fact]
    public void A_done_segment_is_no_proof_a_walreceiver_marks_them_too() => AssertState(null, Server with { Archiver = Zero });

    [Fact]
    public void What_waits_for_more_than_two_minutes_without_a_success_fails_whatever_is_counted()
    {
        var waiting = Server with { Wal = Wal with { ReadySegments = 1, OldestReady = Noon.AddMinutes(-30) } };
        AssertState(ArchiverState.Failing, waiting);
        AssertState(ArchiverState.Ok, waiting with { Archiver = waiting.Archiver with { LastArchived = Noon.AddSeconds(-120) } });
        AssertState(ArchiverState.Failing, waiting with { Archiver = waiting.Archiver with { LastArchived = Noon.AddSeconds(-121) } });
        AssertState(ArchiverState.Ok, waiting with { Started = Noon.AddSeconds(-120) });
        AssertState(ArchiverState.Failing, waiting with { Archiver = Zero });
        AssertState(ArchiverState.Never, waiting with { Archiver = Zero, Wal = Waiting });
        AssertState(null, waiting with { Archiver = Zero, Wal = Waiting with { OldestReady = Noon.AddMinutes(-2) } });
    }

    [Fact]
    public void A_command_that_is_seen_to_run_has_a_quarter_of_an_hour()
    {
        var slow = Waiting with { AttemptIsRunning = true, OldestReady = Noon.AddMinutes(-15) };
        AssertState(null, Server with { Archiver = Zero, Wal = slow });
        AssertState(ArchiverState.Never, Server with { Archiver = Zero, Wal = slow with { OldestReady = Noon.AddMinutes(-16) } });
        var later = Server with { Archiver = Server.Archiver with { LastArchived = Noon.AddHours(-1) }, Wal = slow };
        AssertState(ArchiverState.Ok, later);
        AssertState(ArchiverState.Failing, later with { Wal = slow with { AttemptIsRunning = false } });
        AssertState(ArchiverState.Failing, later with { Archiver = later.Archiver with { LastFailed = Noon.AddMinutes(-1) } });
    }

    [Fact]
    public void Where_a_time_is_in_the_future_nothing_is_claimed()
    {
        AssertState(null, Server with { FutureTime = "last_archived_time is" });
        AssertState(ArchiverState.Discarded, Server with { FutureTime = "last_archived_time is", DiscardReason = "true" });
        AssertState(ArchiverState.Off, Server with { FutureTime = "last_archived_time is", ArchiveMode = "off" });
    }

    [Fact]
    public void A_history_file_that_waits_waits() =>
        AssertState(ArchiverState.Failing, Server with { Wal = Wal with { ReadyOthers = 1, OldestReady = Noon.AddMinutes(-3) } });

    [Fact]
    public void A_command_that_throws_wal_away_is_worse_than_one_that_fails()
    {
        var thrown = Server with { DiscardReason = "true" };
        AssertState(ArchiverState.Discarded, thrown);
        AssertState(ArchiverState.Discarded, thrown with { Archiver = new(10, Noon.AddSeconds(-1), 5, Noon, null, null) });
        AssertState(ArchiverState.Off, thrown with { ArchiveMode = "off" });
        AssertState(ArchiverState.Standby, thrown with { InRecovery = true });
    }

    [Fact]
    public void Waiting_wal_without_a_command_is_failing() =>
        AssertState(
            ArchiverState.Failing,
            Server with
            {
                HasArchiveCommand = false,
                Wal = Wal with { ReadySegments = 1, OldestReady = Noon },
            }
        );

    [Fact]
    public void Off_is_off_only_where_receivers_would_be_seen()
    {
        AssertState(ArchiverState.Off, Server with { ArchiveMode = "off" });
        AssertState(null, Server with { ArchiveMode = "off", Wal = Wal with { ReceiversAreVisible = false } });
        AssertState(null, Server with { ArchiveMode = "off", Wal = null });
        AssertState(ArchiverState.Streamed, Server with { ArchiveMode = "off", Wal = Wal with { Receiver = new(true, Noon, null) } });
    }

    [Fact]
    public void A_standby_is_one_unless_it_archives_always()
    {
        AssertState(ArchiverState.Standby, Server with { InRecovery = true });
        AssertState(ArchiverState.Standby, Server with { InRecovery = true, ArchiveMode = "off" });
        AssertState(ArchiverState.Ok, Server with { InRecovery = true, ArchiveMode = "always" });
    }

    static void AssertState(ArchiverState? expected, ServerEvidence evidence) => Assert.Equal(expected, ArchiverStates.Classify(evidence));
}
