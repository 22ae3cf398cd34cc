using System.Runtime.InteropServices;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>A run that is told to end pushes what it knows first.</summary>
public sealed class SignalTests
{
    [Theory]
    [InlineData(PosixSignal.SIGTERM, 143)]
    [InlineData(PosixSignal.SIGINT, 130)]
    [InlineData(PosixSignal.SIGHUP, 129)]
    public async Task A_signal_while_a_database_is_silent_pushes_that_it_was_not_reached(PosixSignal signal, int code)
    {
        await using var silent = new SilentServer();
        await using var gateway = await PushgatewayServer.StartAsync();
        await using var run = BackupMetrics.Start([
            "run",
            "--connection",
            $"postgresql://u@127.0.0.1:{silent.Port}/x",
            "--instance",
            "db",
            "--gateway",
            gateway.Url,
        ]);
        await silent.FirstConnection;

        run.Signal(signal);

        var result = await run.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(code, result.ExitCode);
        Assert.Contains(
            "postgres_backup_probe_failure{instance=\"db\",job=\"backup_metrics\",reason=\"cancelled\",run=\"db\"} 1",
            await gateway.MetricsAsync(),
            StringComparison.Ordinal
        );
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

    [Theory]
    [InlineData("check --connection postgresql://u@127.0.0.1:1/x --gateway http://SILENT", PosixSignal.SIGTERM, 143)]
    [InlineData("check --connection postgresql://u@127.0.0.1:1/x --gateway http://SILENT", PosixSignal.SIGINT, 130)]
    [InlineData("check --connection postgresql://u@127.0.0.1:1/x --prometheus http://SILENT", PosixSignal.SIGTERM, 143)]
    [InlineData("check --connection postgresql://u@SILENT/x", PosixSignal.SIGTERM, 143)]
    [InlineData("show --connection postgresql://u@SILENT/x", PosixSignal.SIGTERM, 143)]
    [InlineData("run --dry-run --connection postgresql://u@SILENT/x", PosixSignal.SIGINT, 130)]
    [InlineData("delete --job j --gateway http://SILENT", PosixSignal.SIGTERM, 143)]
    [InlineData("delete --job j --gateway http://SILENT", PosixSignal.SIGINT, 130)]
    [InlineData("catalog init --connection postgresql://u@SILENT/x", PosixSignal.SIGTERM, 143)]
    [InlineData("catalog prune --keep 90d --connection postgresql://u@SILENT/x", PosixSignal.SIGINT, 130)]
    [InlineData("record --server s --tool t --type full --from-exit-code 0 --connection postgresql://u@SILENT/x", PosixSignal.SIGTERM, 143)]
    [InlineData("import wal-g --server s --connection postgresql://u@SILENT/x", PosixSignal.SIGTERM, 143)]
    public async Task Every_command_that_waits_is_ended_by_a_signal_and_says_so(string command, PosixSignal signal, int code)
    {
        await using var silent = new SilentServer();
        await using var run = BackupMetrics.Start(
            command.Replace("SILENT", $"127.0.0.1:{silent.Port}", StringComparison.Ordinal).Split(' ')
        );
        await silent.FirstConnection.WaitAsync(TimeSpan.FromSeconds(30));

        run.Signal(signal);

        var result = await run.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.True(code == result.ExitCode, $"{result.ExitCode}: {result.Error}{result.Output}");
        Assert.DoesNotContain("unreachable", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, 76)]
    [InlineData(503, 75)]
    public async Task What_a_gateway_said_before_the_signal_is_not_forgotten(int status, int code)
    {
        await using var gateway = new StubPushgateway(StubPushgateway.Status(status));
        await using var silent = new SilentServer();
        await using var run = BackupMetrics.Start([
            "delete",
            "--job",
            "j",
            "--gateway",
            gateway.Url,
            "--gateway",
            $"http://127.0.0.1:{silent.Port}",
        ]);
        await silent.FirstConnection.WaitAsync(TimeSpan.FromSeconds(30));

        run.Signal(PosixSignal.SIGTERM);

        Assert.Equal(code, (await run.WaitAsync(TimeSpan.FromSeconds(10))).ExitCode);
    }
}
