using BackupMetricsJob.Configuration;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Running;
using BackupMetricsJob.Tests.Pushgateway;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Running;

/// <summary>Pushes to several gateways run in parallel, each with its own outcome; a run without targets pushes, too.</summary>
public sealed class SeveralGatewaysTests
{
    [Fact]
    public async Task A_gateway_that_hangs_does_not_keep_the_others_waiting()
    {
        await using var hanging = new StubPushgateway(StubPushgateway.Hang());
        await using var refusing = new StubPushgateway(StubPushgateway.Status(400, "words"));
        await using var real = await PushgatewayServer.StartAsync();
        var job = Jobs.Of() with
        {
            Gateways = [Gateways.At(hanging.Url), Gateways.At(real.Url), Gateways.At(refusing.Url)],
            Shard = new Shard(1, 3),
            Deadline = TimeSpan.FromSeconds(20),
        };

        var run = JobRun.RunAsync(job, new("1", "r"), TimeProvider.System, CancellationToken.None);
        await Wait.ForAsync("the second gateway to have it", async () => (await real.GroupsAsync()).Count == 1);
        Assert.False(run.IsCompleted);

        var report = await run;
        Assert.Equal([PushResult.TimedOut, PushResult.Stored, PushResult.Refused], report.Pushes.Select(push => push.Outcome.Result));
        Assert.Equal([hanging.Url, real.Url, refusing.Url], report.Pushes.Select(push => push.Outcome.Gateway));
        var text = await real.MetricsAsync();
        Assert.Contains("backup_metrics_shards{instance=\"\",job=\"backup_metrics\"} 3\n", text, StringComparison.Ordinal);
        Assert.Contains(
            "backup_metrics_targets{instance=\"\",job=\"backup_metrics\",state=\"configured\"} 0\n",
            text,
            StringComparison.Ordinal
        );
        Assert.Contains("backup_metrics_run_success{instance=\"\",job=\"backup_metrics\"} 1\n", text, StringComparison.Ordinal);
    }
}
