using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Drill;

/// <summary>What is wrong with the command line is all told at once, and nothing is done.</summary>
public sealed class DrillUsageTests
{
    [Theory]
    [InlineData("--tool pgbackrest", "--stanza is missing: --tool pgbackrest needs it")]
    [InlineData("--tool pg_dump --server x", "--dump is missing: --tool pg_dump needs it")]
    [InlineData("--tool command --server x", "--restore-command is missing: --tool command needs it")]
    [InlineData("--tool wal-g", "--server is missing")]
    [InlineData("--tool tar --server x", "--tool \"tar\": must be one of pg_basebackup, pgbackrest, barman, wal-g, pg_dump, command")]
    [InlineData("--server x", "--tool is missing")]
    [InlineData("--tool wal-g --server x --archive /y", "--archive: is not for --tool wal-g")]
    [InlineData("--tool wal-g --server x --timeout never", "--timeout \"never\": must be a duration")]
    [InlineData("--tool wal-g --server x --label drill=y", "label drill is also a label of the grouping key")]
    [InlineData("--tool wal-g --server x --catalogue host=a;password=b", "--catalogue: ")]
    [InlineData("--tool wal-g --server x --target y", "--target: needs targets from a file")]
    [InlineData("--tool wal-g --server x --count 1", "--count: needs targets from a file")]
    public async Task Each_problem_is_named(string arguments, string problem)
    {
        var result = await BackupMetrics.RunAsync(["drill", .. arguments.Split(' ')]);

        Assert.Equal(64, result.ExitCode);
        Assert.Contains(problem, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Root_is_told_to_be_somebody_else()
    {
        var result = await ChildProcess.RunAsync(
            Tool.Find("unshare", "apt-get install util-linux"),
            ["--user", "--map-root-user", BackupMetrics.Executable, "drill", "--tool", "pg_dump", "--server", "x", "--dump", "y"]
        );

        Assert.Equal(78, result.ExitCode);
        Assert.Contains("not as root: PostgreSQL refuses to run as root", result.Error, StringComparison.Ordinal);
    }
}
