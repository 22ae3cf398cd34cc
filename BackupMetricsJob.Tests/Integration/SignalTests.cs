using System.Runtime.InteropServices;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>A run that is told to end pushes what it knows first.</summary>
public sealed class SignalTests
{
    [Theory]
    [InlineData(PosixSignal.SIGTERM, 143)]
    [InlineData(PosixSignal.SIGINT, 130)]
    public async Task A_signal_while_a_database_is_silent_pushes_that_it_was_not_reached(PosixSignal signal, int code)
    {
        await using var silent = new SilentServer();
        await using var gateway = await PushgatewayServer.StartAsync();
        await using var run = BackupMetrics.Start(
            ["run", "--connection", $"postgresql://u@127.0.0.1:{silent.Port}/x", "--instance", "db", "--gateway", gateway.Url]);
        await silent.FirstConnection;

        run.Signal(signal);

        var result = await run.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(code, result.ExitCode);
        Assert.Contains("postgres_backup_probe_failure{instance=\"db\",job=\"backup_metrics\",reason=\"cancelled\",run=\"db\"} 1", await gateway.MetricsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_push_that_gets_no_answer_after_a_signal_is_said_not_to_have_arrived()
    {
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        await using var gateway = new StubPushgateway(StubPushgateway.Hang());
        await using var run = BackupMetrics.Start(["run", "--connection", server.ConnectionUri(), "--gateway", gateway.Url]);
        await gateway.FirstRequest;

        run.Signal(PosixSignal.SIGTERM);

        var result = await run.WaitAsync(TimeSpan.FromSeconds(15));
        Assert.Equal(75, result.ExitCode);
        Assert.Contains("it may still be applied", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_signal_ends_it_at_once()
    {
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        await using var gateway = new StubPushgateway(StubPushgateway.Hang());
        await using var run = BackupMetrics.Start(["run", "--connection", server.ConnectionUri(), "--gateway", gateway.Url]);
        await gateway.FirstRequest;

        run.Signal(PosixSignal.SIGTERM);
        run.Signal(PosixSignal.SIGINT);

        var result = await run.WaitAsync(TimeSpan.FromSeconds(5));
        Assert.Contains(result.ExitCode, new[] { 130, 143 });
    }
}
