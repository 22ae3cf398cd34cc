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

    [Fact]
    public void A_dump_is_of_any_version()
    {
        var result = Result(Full with { Type = BackupType.Logical, PgVersionNumber = 140000 });
        Assert.Same(result, ClusterIdentity.WithoutOtherClusters(result));
    }
}
