using BackupMetricsJob.Drill;

namespace BackupMetricsJob.Tests.Drill;

/// <summary>What PostgreSQL's log says of the place where replay ended. The lines are from real servers.</summary>
public sealed class DamagedWalTests
{
    const string Segment = "000000010000000000000006";

    [Theory]
    [InlineData("invalid magic number 482B in log segment 000000010000000000000006, offset 0", false)] // 15
    [InlineData("invalid magic number 482B in WAL segment 000000010000000000000006, LSN 0/6000000, offset 0", false)] // 16
    [InlineData("unexpected pageaddr 0/5000000 in log segment 000000010000000000000006, offset 0", false)]
    [InlineData("incorrect resource manager data checksum in record at 0/6000088", false)]
    [InlineData("record with incorrect prev-link 0/5000028 at 0/6000088", false)]
    [InlineData("invalid resource manager ID 165 at 0/6000088", false)]
    [InlineData("there is no contrecord flag at 0/6000028", false)]
    [InlineData("invalid magic number 0000 in log segment 000000010000000000000006, offset 0", true)]
    [InlineData("invalid record length at 0/6000088: wanted 24, got 0", true)]
    [InlineData("invalid record length at 0/6000088: expected at least 24, got 0", true)] // 16
    [InlineData("invalid record length at 0/6000088: wanted 24, got 7", false)]
    public void What_is_wrong_with_a_segment_that_came_is_found(string words, bool isEmpty) =>
        Assert.Equal(new DamagedWal(Segment, words, isEmpty), DamagedWal.Find(Log(words), 16 << 20));

    /// <summary>The file in pg_wal is one that the live server had used again, or was still writing.</summary>
    [Theory]
    [InlineData("unexpected pageaddr 0/5000000 in log segment 000000010000000000000007, offset 0")]
    [InlineData("invalid record length at 0/7000088: wanted 24, got 0")]
    [InlineData("consistent recovery state reached at 0/6000088")]
    [InlineData("recovery restart point at 0/6000028")]
    public void What_did_not_come_from_the_archive_is_no_damage_of_it(string words) => Assert.Null(DamagedWal.Find(Log(words), 16 << 20));

    [Fact]
    public void What_comes_after_the_end_is_not_looked_at() =>
        Assert.Null(DamagedWal.Find([.. Log("x"), "LOG:  invalid resource manager ID 165 at 0/6000088"], 16 << 20));

    static string[] Log(string words) =>
        [
            "LOG:  restored log file \"000000010000000000000005\" from archive",
            $"LOG:  restored log file \"{Segment}\" from archive",
            "cp: cannot stat '/archive/000000010000000000000007': No such file or directory",
            $"LOG:  {words}",
            "LOG:  redo done at 0/6000058 system usage: CPU: user: 0.00 s, system: 0.00 s, elapsed: 0.16 s",
        ];
}
