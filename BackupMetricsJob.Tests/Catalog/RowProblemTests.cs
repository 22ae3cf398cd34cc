using BackupMetricsJob.Backups;
using BackupMetricsJob.Catalog;

namespace BackupMetricsJob.Tests.Catalog;

/// <summary>
/// What PostgreSQL could not store is found before it is sent; what it can is let through. What it says of each is tested with a server.
/// </summary>
public sealed class RowProblemTests
{
    static readonly CatalogRow Good = new("orders", "wal-g", BackupType.Full, "base_1", BackupStatus.Done)
    {
        Finished = DateTimeOffset.UnixEpoch,
    };

    [Fact]
    public void Characters_beyond_the_basic_plane_are_good_and_their_halves_are_not()
    {
        Assert.Null(RowProblem.Find(Good with { BackupId = "base 😀", Error = "\n\t\u0001" }));
        Assert.NotNull(RowProblem.Find(Good with { BackupId = "base \uDE00" }));
        Assert.NotNull(RowProblem.Find(Good with { BackupId = "base \uD83D" }));
        Assert.Equal("a\uFFFDb\uFFFD😀", RowProblem.Storable("a\0b\uD83D😀"));
    }

    [Fact]
    public void A_name_may_be_as_long_as_an_index_can_hold()
    {
        Assert.Null(RowProblem.OfKey("s", "t", "x", new string('é', 998)));
        Assert.NotNull(RowProblem.OfKey("s", "t", "x", new string('é', 999)));
    }

    [Fact]
    public void There_is_no_timeline_0() =>
        Assert.Equal("backup \"base_1\" of \"orders\" is of timeline 0: they begin with 1", RowProblem.Find(Good with { Timeline = 0 }));

    [Fact]
    public void A_running_backup_needs_no_time() =>
        Assert.Null(RowProblem.Find(Good with { Status = BackupStatus.Running, Finished = null }));
}
