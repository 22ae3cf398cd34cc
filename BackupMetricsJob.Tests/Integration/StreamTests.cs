using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>Standard streams that are closed or full, as cron and full disks leave them.</summary>
public sealed class StreamTests
{
    [Theory]
    [InlineData("2>&-")]
    [InlineData("2>/dev/full")]
    [InlineData("<&- >&- 2>&-")]
    public async Task A_standard_error_that_takes_nothing_does_not_change_the_exit_code(string redirection)
    {
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        await using var gateway = await PushgatewayServer.StartAsync();

        Assert.Equal(0, (await ShellAsync($"run --connection '{server.ConnectionUri()}' --gateway {gateway.Url} --instance db {redirection}")).ExitCode);
        Assert.Contains("backup_metrics_run_success{", await gateway.MetricsAsync(), StringComparison.Ordinal);
        Assert.Equal(64, (await ShellAsync($"run --nonsense {redirection}")).ExitCode);
    }

    [Theory]
    [InlineData("run --dry-run", ">/dev/full")]
    [InlineData("run --dry-run", ">&-")]
    [InlineData("show", ">/dev/full")]
    [InlineData("--help", ">/dev/full")]
    public async Task A_standard_output_that_takes_nothing_is_told(string command, string redirection)
    {
        var connection = command == "--help" ? "" : $"--connection 'postgresql://u@127.0.0.1:{FreePort.Next()}/x'";

        var result = await ShellAsync($"{command} {connection} {redirection}");

        Assert.Equal(74, result.ExitCode);
        Assert.Single(result.Error.Split('\n'), line => line.StartsWith("backup-metrics: standard output cannot be written: ", StringComparison.Ordinal));
    }

    static Task<ProcessResult> ShellAsync(string arguments) =>
        ChildProcess.RunAsync("/bin/sh", ["-c", $"exec '{BackupMetrics.Executable}' {arguments}"]);
}
