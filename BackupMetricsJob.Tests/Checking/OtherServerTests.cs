using BackupMetricsJob.Checking;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Tests.Pushgateway;
using BackupMetricsJob.Tests.Running;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Checking;

/// <summary>Whether another kind of server answers is asked within the deadline, or not at all.</summary>
public sealed class OtherServerTests
{
    [Theory]
    [InlineData(59, 2)]
    [InlineData(61, 1)]
    public async Task A_gateway_that_is_none_is_asked_for_a_Prometheus_while_there_is_time(int seconds, int requests)
    {
        var clock = new FixedClock();
        await using var server = NotFoundAfter(clock, TimeSpan.FromSeconds(seconds));

        var check = await GatewayChecks.RunAsync(Gateways.At(server.Url), Job, clock, default);

        Assert.Equal(ServerStatus.Refused, check.Status);
        Assert.Equal(requests, server.Requests.Count);
    }

    [Theory]
    [InlineData(59, 2)]
    [InlineData(61, 1)]
    public async Task A_Prometheus_that_is_none_is_asked_for_a_Pushgateway_while_there_is_time(int seconds, int requests)
    {
        var clock = new FixedClock();
        await using var server = NotFoundAfter(clock, TimeSpan.FromSeconds(seconds));

        var check = await PrometheusChecks.RunAsync(new(server.Url), Job, Task.FromResult<GatewayCheck[]>([]), clock, default);

        Assert.Equal(ServerStatus.Refused, check.Status);
        Assert.Equal(requests, server.Requests.Count);
    }

    static JobOptions Job => Jobs.Of();

    /// <summary>So much of the deadline is over when it answers.</summary>
    static StubPushgateway NotFoundAfter(FixedClock clock, TimeSpan time) =>
        new(
            (connection, end) =>
            {
                clock.Advance(time);
                return StubPushgateway.Status(404, "no such page")(connection, end);
            }
        );
}
