using BackupMetricsJob.Backups;
using BackupMetricsJob.Catalog;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Drill;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Reporting;
using BackupMetricsJob.Running;
using static BackupMetricsJob.Tests.Backups.Evidence;

namespace BackupMetricsJob.Tests.Reporting;

/// <summary>The code if several apply: the first of 70, 76, 75, 143 or 130, 65, 69, 0.</summary>
public sealed class ExitCodeTests
{
    [Theory]
    [InlineData("NotSent", true, true, 70)]
    [InlineData("Refused", true, true, 76)]
    [InlineData("Unreachable", true, true, 75)]
    [InlineData("Unavailable", false, false, 75)]
    [InlineData("TimedOut", false, false, 75)]
    [InlineData("Cancelled", false, true, 75)]
    [InlineData("Stored", true, true, 143)]
    [InlineData("Accepted", true, false, 69)]
    [InlineData("Stored", false, false, 0)]
    public void The_worst_wins(string push, bool targetFailed, bool signalled, int code)
    {
        var report = new RunReport([Result, targetFailed ? Failed(FailureReason.Auth, "words") : Result], TimeSpan.Zero)
        {
            Pushes = [new(new(Enum.Parse<PushResult>(push), "http://gw"), null)],
        };

        Assert.Equal(code, (int)ExitCodes.ForRun(report, signalled ? ExitCode.Terminated : null, failOnTarget: true));
    }

    [Theory]
    [InlineData("Stored", false, false, "Input", true, 65)]
    [InlineData("Stored", true, false, "Input", true, 65)]
    [InlineData("Stored", true, false, "Input", false, 65)]
    [InlineData("Stored", true, true, "Input", true, 143)]
    [InlineData("Unreachable", true, false, "Input", true, 75)]
    [InlineData("Stored", false, false, "Database", true, 69)]
    [InlineData("Stored", false, false, "Database", false, 0)]
    [InlineData("Stored", false, false, null, true, 0)]
    public void A_refused_import_is_worse_than_a_failed_target_and_better_than_a_failed_push(
        string push,
        bool targetFailed,
        bool signalled,
        string? cause,
        bool failOnTarget,
        int code
    )
    {
        var report = new RunReport([targetFailed ? Failed(FailureReason.Auth, "words") : Result], TimeSpan.Zero)
        {
            Pushes = [new(new(Enum.Parse<PushResult>(push), "http://gw"), null)],
        };
        var failure = cause is null ? null : new CatalogFailure(Enum.Parse<CatalogFailureCause>(cause), "words");

        var result = ExitCodes.ForRun(
            report,
            signalled ? ExitCode.Terminated : null,
            failOnTarget,
            [new("barman", null, [], "done"), new("wal-g", failure, [], null)]
        );

        Assert.Equal(code, (int)result);
    }

    /// <summary>Of several drills: a signal, a backup that failed, a setting, time or space. One that was not begun is 69.</summary>
    [Theory]
    [InlineData("", 0, 0)]
    [InlineData("Means", 0, 69)]
    [InlineData("Means Settings", 0, 78)]
    [InlineData("Settings Backup Means", 0, 65)]
    [InlineData("Backup", 1, 65)]
    [InlineData("", 1, 69)]
    public void Of_several_drills_the_worst_counts(string faults, int notBegun, int code)
    {
        var options = new DrillOptions("orders", DrillTool.Dump) { WorkDirectory = "/", Timeout = TimeSpan.FromHours(1) };
        var good = new DrillResult(options, DateTimeOffset.UnixEpoch) { Finished = DateTimeOffset.UnixEpoch };
        List<DrillReport> reports = [new(good)];
        foreach (var fault in faults.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            reports.Add(new(good with { FailedPhase = DrillPhase.Check, Fault = Enum.Parse<DrillFault>(fault) }));

        Assert.Equal(code, (int)ExitCodes.ForDrills(reports, reports.Count + notBegun, null));
        Assert.Equal(
            code == 0 ? 0
                : notBegun > 0 ? 143
                : code,
            (int)ExitCodes.ForDrills(reports, reports.Count + notBegun, ExitCode.Terminated)
        );
    }

    [Fact]
    public void A_failed_target_can_be_ignored() =>
        Assert.Equal(
            ExitCode.Success,
            ExitCodes.ForRun(new RunReport([Failed(FailureReason.Auth, "words")], TimeSpan.Zero), null, failOnTarget: false)
        );

    [Fact]
    public void An_invalid_flag_is_usage_even_beside_an_invalid_variable()
    {
        Assert.Equal(ExitCode.Configuration, ExitCodes.ForProblems([new Problem(ProblemOrigin.Configuration, "")]));
        Assert.Equal(
            ExitCode.Usage,
            ExitCodes.ForProblems([new Problem(ProblemOrigin.Configuration, ""), new Problem(ProblemOrigin.Flag, "")])
        );
    }

    [Fact]
    public void An_invalid_file_is_configuration_whatever_else_is_invalid()
    {
        var flag = new Problem(ProblemOrigin.Flag, "");
        Assert.Equal(
            ExitCode.Configuration,
            ExitCodes.ForProblems([flag, new Problem(ProblemOrigin.Configuration, "") { Location = new("c.yaml", 1, 1) }])
        );
        Assert.Equal(
            ExitCode.Configuration,
            ExitCodes.ForProblems([new Problem(ProblemOrigin.Configuration, "") { IsInFile = true }, flag])
        );
    }
}
