using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Tests.Backups;

/// <summary>What is another cluster's is no backup of this one, where both are known.</summary>
public class ClusterIdentityTests
{
    static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    static readonly BackupFacts Full = new(SourceName.Catalog, "wal-g", BackupType.Full)
    {
        LastSuccess = Noon.AddHours(-1),
        Age = TimeSpan.FromHours(1),
        LastFailure = Noon.AddHours(-2),
        Counts = new(3, 0, 0),
        StartLsn = 5,
    };

    static ProbeResult Result(BackupFacts backup, ulong? cluster = 7, bool isAsked = true) =>
        new(new Instance("orders", [], [], [SourceName.Server]))
        {
            Duration = TimeSpan.Zero,
            At = Noon,
            Backups = [backup],
            SourcesThatAnswered = [SourceName.Server, SourceName.Catalog],
            Server = isAsked
                ? new()
                {
                    VersionNumber = 150020,
                    InRecovery = false,
                    ArchiveMode = "on",
                    HasArchiveCommand = true,
                    Now = Noon,
                    Archiver = new(0, null, 0, null, null, null),
                    SystemIdentifier = cluster,
                }
                : null,
        };

    [Theory]
    [InlineData(8ul, null, "system identifier 8, the server's is 7")]
    [InlineData(8ul, 150000, "system identifier 8, the server's is 7")]
    [InlineData(7ul, 140000, "PostgreSQL 14, the server is 15")]
    [InlineData(null, 140011, "PostgreSQL 14, the server is 15")]
    public void Of_another_cluster_only_the_failure_is_left(ulong? cluster, int? version, string said)
    {
        var result = ClusterIdentity.WithoutOtherClusters(Result(Full with { SystemIdentifier = cluster, PgVersionNumber = version }));

        Assert.Equal(new(SourceName.Catalog, "wal-g", BackupType.Full) { LastFailure = Noon.AddHours(-2) }, Assert.Single(result.Backups));
        Assert.Equal(
            $"source catalog: the catalogue's newest backups of orders are of another cluster ({said})",
            Assert.Single(result.SourceFailures).Failure.Message
        );
        Assert.Equal([SourceName.Server], result.SourcesThatAnswered);
    }

    [Theory]
    [InlineData(7ul, 150000, 7ul, true)]
    [InlineData(null, null, 7ul, true)]
    [InlineData(8ul, 150003, null, true)]
    [InlineData(8ul, 140000, 7ul, false)]
    public void What_is_of_this_cluster_or_not_known_to_be_of_another_stays(ulong? cluster, int? version, ulong? own, bool isAsked)
    {
        var result = Result(Full with { SystemIdentifier = cluster, PgVersionNumber = version }, own, isAsked);
        Assert.Same(result, ClusterIdentity.WithoutOtherClusters(result));
    }

    [Theory]
    [InlineData(0x1_50000028, null, "1/50000028")]
    [InlineData(null, "000000010000000200000000", "2/0")]
    public void What_begins_in_WAL_that_the_server_has_not_written_is_no_backup_of_it(long? start, string? segment, string said)
    {
        var result = ClusterIdentity.WithoutOtherClusters(At(start, segment, written: 0x1_50000000));

        Assert.Null(Assert.Single(result.Backups).LastSuccess);
        Assert.Equal(
            $"source catalog: the newest full backup of orders begins at {said} in the WAL, and the server has written WAL up to "
                + "1/50000000 only: it is another cluster's, or was made of WAL that a failover lost",
            Assert.Single(result.SourceFailures).Failure.Message
        );
    }

    [Theory]
    [InlineData(0x1_50000028, 0x1_50000028L, -1)]
    [InlineData(0x1_50000028, null, -1)] // A standby: its primary is ahead.
    [InlineData(0x1_50000028, 0x1_50000000L, 1)] // It ended after the server was asked.
    [InlineData(null, 0x1_50000000L, -1)]
    public void What_the_server_may_have_written_is(long? start, long? written, int minutes)
    {
        var result = At(start, null, written);
        result = result with { Backups = [result.Backups[0] with { LastSuccess = Noon.AddMinutes(minutes) }] };
        Assert.Same(result, ClusterIdentity.WithoutOtherClusters(result));
    }

    static ProbeResult At(long? start, string? segment, long? written)
    {
        var result = Result(Full with { StartLsn = start, StartSegment = segment });
        return result with
        {
            Server = result.Server! with
            {
                WrittenLsn = written,
                Wal = new()
                {
                    DirectoryBytes = 0,
                    ReadySegments = 0,
                    DoneSegments = 0,
                    ArchiveTimeout = TimeSpan.Zero,
                    SegmentSize = 16 * 1024 * 1024,
                    ReceiversAreVisible = true,
                },
            },
        };
    }

    [Fact]
    public void There_is_no_timeline_0()
    {
        Assert.Equal(2, (Full with { Timeline = 0, StartSegment = "000000020000000000000001" }).Timeline);
        Assert.Null((Full with { Timeline = -3 }).Timeline);
    }

    [Fact]
    public void A_dump_is_of_any_version()
    {
        var result = Result(Full with { Type = BackupType.Logical, PgVersionNumber = 140000 });
        Assert.Same(result, ClusterIdentity.WithoutOtherClusters(result));
    }
}
