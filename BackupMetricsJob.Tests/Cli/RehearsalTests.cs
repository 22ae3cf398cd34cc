using BackupMetricsJob.Cli;
using BackupMetricsJob.Probing;
using BackupMetricsJob.Pushgateway;

namespace BackupMetricsJob.Tests.Cli;

/// <summary>A program would not tell that a rehearsal failed, only start more slowly.</summary>
public class RehearsalTests
{
    [Fact]
    public void Connecting_is_rehearsed() => NpgsqlConnector.Rehearse();

    [Fact]
    public void All_of_a_push_is_rehearsed_but_the_network()
    {
        var report = Rehearsal.PlayPush();

        Assert.Equal(PushResult.Stored, Assert.Single(report.Pushes).Outcome.Result);
        Assert.InRange(report.Samples, 30, 60);
        Assert.NotNull(report.Results[0].LossWindow);
    }
}
