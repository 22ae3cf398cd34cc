using BackupMetricsJob.Backups;
using static BackupMetricsJob.Tests.Backups.Evidence;

namespace BackupMetricsJob.Tests.Backups;

/// <summary>The recovery point and the WAL to replay from what tools say, with the server's own word and without.</summary>
public sealed class EvidenceOfToolsTests
{
    static readonly BackupFacts Full = new(SourceName.Catalog, "wal-g", BackupType.Full)
    {
        LastSuccess = Noon.AddHours(-10),
        Age = TimeSpan.FromHours(10),
        StartLsn = 1000,
    };
    static readonly BackupFacts Wal = new(SourceName.Catalog, "wal-g", BackupType.Wal)
    {
        LastSuccess = Noon.AddMinutes(-5),
        Age = TimeSpan.FromMinutes(5),
        StopLsn = 5000,
    };

    static readonly BackupFacts Dump = new(SourceName.Catalog, "pg_dump", BackupType.Logical)
    {
        LastSuccess = Noon.AddHours(-1),
        Age = TimeSpan.FromHours(1),
        LastDuration = TimeSpan.FromMinutes(30),
    };

    [Fact]
    public void Any_source_may_know_the_base_backup_of_a_server_that_archives() =>
        Assert.Equal(TimeSpan.FromSeconds(170), RecoveryPoint.Estimate(Server, [Full])?.Window);

    [Fact]
    public void A_dump_counts_from_its_start_where_there_is_nothing_else()
    {
        Assert.Equal(TimeSpan.FromMinutes(90), RecoveryPoint.Estimate(null, [Dump])?.Window);
        Assert.Equal(TimeSpan.FromMinutes(90), RecoveryPoint.Estimate(Server, [Dump])?.Window);
        Assert.Null(RecoveryPoint.Estimate(null, [Dump with { LastDuration = null }]));
        Assert.Null(RecoveryPoint.Estimate(Server with { InRecovery = true }, [Dump]));
    }

    /// <summary>The other databases, and the roles, are not in it.</summary>
    [Fact]
    public void A_dump_of_one_database_is_no_recovery_point_of_the_server()
    {
        Assert.Null(RecoveryPoint.Estimate(null, [Dump with { Database = "orders" }]));
        Assert.Null(RecoveryPoint.Estimate(Server, [Dump with { Database = "orders" }]));
        Assert.Equal(TimeSpan.FromSeconds(170), RecoveryPoint.Estimate(Server, [Full, Dump with { Database = "orders" }])?.Window);
        Assert.True(RecoveryPoint.Estimate(null, [Dump])!.IsByDump);
        Assert.False(RecoveryPoint.Estimate(Server, [Full])!.IsByDump);
    }

    [Fact]
    public void A_dump_that_is_newer_than_the_archive_counts()
    {
        var dead = Server with { Wal = Wal30HoursBehind };

        Assert.Equal(TimeSpan.FromHours(30) - TimeSpan.FromSeconds(10), RecoveryPoint.Estimate(dead, [Full])?.Window);
        Assert.Equal(TimeSpan.FromMinutes(90), RecoveryPoint.Estimate(dead, [Full, Dump])?.Window);
    }

    [Fact]
    public void Where_the_server_was_not_asked_the_newest_wal_tells_how_far_the_archive_reaches()
    {
        Assert.Equal(TimeSpan.FromMinutes(5), RecoveryPoint.Estimate(null, [Full, Wal])?.Window);
        Assert.Equal(
            TimeSpan.FromHours(10),
            RecoveryPoint.Estimate(null, [Full, Wal with { LastSuccess = Noon.AddHours(-11), Age = TimeSpan.FromHours(11) }])?.Window
        );
        Assert.Null(RecoveryPoint.Estimate(null, [Full]));
        Assert.Null(RecoveryPoint.Estimate(null, [Wal]));
        Assert.Null(RecoveryPoint.Estimate(null, []));
    }

    [Fact]
    public void Replay_is_from_the_newest_full_backup_to_the_archives_end()
    {
        Assert.Equal(4000, RecoveryPoint.ReplayBytes(null, [Full, Wal]));
        Assert.Equal(6000, RecoveryPoint.ReplayBytes(Server with { Wal = Evidence.Wal with { ArchiveEnd = 7000 } }, [Full, Wal]));
    }

    [Fact]
    public void Else_it_is_what_the_server_knows_or_nothing()
    {
        Assert.Equal(Evidence.Wal.ReplayBytes, RecoveryPoint.ReplayBytes(Server, [Backup]));
        Assert.Equal(
            Evidence.Wal.ReplayBytes,
            RecoveryPoint.ReplayBytes(Server with { Wal = Evidence.Wal with { ArchiveEnd = 7 } }, [Full])
        );
        Assert.Null(RecoveryPoint.ReplayBytes(null, [Full, Wal with { StopLsn = null }]));
        Assert.Null(RecoveryPoint.ReplayBytes(null, [Full, Wal with { StopLsn = 999 }]));
        Assert.Null(RecoveryPoint.ReplayBytes(Server with { ArchiveMode = "off" }, [Full, Wal]));
    }

    static WalEvidence Wal30HoursBehind =>
        Evidence.Wal with
        {
            ReadySegments = 9,
            OldestReady = Noon.AddHours(-30),
            OldestReadySegment = Noon.AddHours(-30),
            NewestDone = Noon.AddHours(-30),
        };
}
