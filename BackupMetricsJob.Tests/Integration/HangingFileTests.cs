using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>
/// Files that never answer, as the built program meets them, with the threads that it has: each is the failure of its target, and of no
/// other.
/// </summary>
public sealed class HangingFileTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(4)]
    [InlineData(120)]
    public async Task A_password_file_that_hangs_is_the_failure_of_its_target_alone(int hanging)
    {
        await using var server = await PostgresServer.StartAsync();
        await using var gateway = await PushgatewayServer.StartAsync();
        var pipes = Enumerable.Range(0, hanging).Select(i => _folder.File($"pipe{i}")).ToList();
        await ChildProcess.RunSuccessfullyAsync("mkfifo", pipes);
        var targets = pipes
            .Select((pipe, i) => $"- {{name: bad{i}, password_file: '{pipe}'}}\n")
            .Append("- {name: good1}\n")
            .Prepend("- {name: good0}\n")
            .Append($"- {{name: certificate, connection: {{sslmode: require, sslcert: '{pipes[0]}', sslkey: '{pipes[1]}'}}}}\n");
        var config = _folder.Write(
            "c.yaml",
            $"""
            gateway: {"{"}url: '{gateway.Url}'{"}"}
            defaults: {"{"}connection: '{server.ConnectionUri()}', password_file: '{_folder.Write("good", "x\n")}'{"}"}
            targets:
            {string.Concat(targets)}
            """
        );

        var result = await BackupMetrics.RunAsync(["run", "--config", config], environment: null);

        Assert.True(result.ExitCode == 69, result.Error);
        Assert.True(result.Elapsed < TimeSpan.FromSeconds(25), $"{result.Elapsed}");
        var metrics = await gateway.MetricsAsync();
        foreach (var good in (string[])["good0", "good1"])
            Assert.Contains(
                $"postgres_backup_probe_success{{instance=\"{good}\",job=\"backup_metrics\"}} 1\n",
                metrics,
                StringComparison.Ordinal
            );
        foreach (var bad in Enumerable.Range(0, hanging).Select(i => $"bad{i}").Append("certificate"))
            Assert.Contains(
                $"postgres_backup_probe_failure{{instance=\"{bad}\",job=\"backup_metrics\",reason=\"auth\"}} 1\n",
                metrics,
                StringComparison.Ordinal
            );
        Assert.Equal(
            hanging + 1,
            result
                .Error.Split('\n')
                .Count(line =>
                    line.StartsWith("CRITICAL ", StringComparison.Ordinal)
                    && line.Contains("no answer within 3 s", StringComparison.Ordinal)
                )
        );
    }

    [Fact]
    public async Task Files_that_hang_leave_descriptors_for_the_databases_the_push_and_the_report()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var gateway = await PushgatewayServer.StartAsync();
        var pipes = Enumerable.Range(0, 300).Select(i => _folder.File($"pipe{i}")).ToList();
        await ChildProcess.RunSuccessfullyAsync("mkfifo", pipes);
        var config = _folder.Write(
            "c.yaml",
            $"""
            gateway: {"{"}url: '{gateway.Url}'{"}"}
            defaults: {"{"}connection: '{server.ConnectionUri()}'{"}"}
            targets:
            - {"{"}name: good{"}"}
            {string.Concat(pipes.Select((pipe, i) => $"- {{name: bad{i}, password_file: '{pipe}'}}\n"))}
            """
        );

        var result = await ChildProcess.RunAsync(
            "/bin/sh",
            ["-c", $"ulimit -n 256; exec '{BackupMetrics.Executable}' run --config '{config}'"]
        );

        Assert.True(result.ExitCode == 69, result.Error);
        var metrics = await gateway.MetricsAsync();
        Assert.Contains("postgres_backup_probe_success{instance=\"good\",job=\"backup_metrics\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains(
            "backup_metrics_targets{instance=\"\",job=\"backup_metrics\",state=\"failed\"} 300\n",
            metrics,
            StringComparison.Ordinal
        );
        Assert.Contains("other files hang", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gateways_file_that_hangs_is_configuration()
    {
        await ChildProcess.RunSuccessfullyAsync("mkfifo", [_folder.File("pipe")]);

        var result = await BackupMetrics.RunAsync(
            "run",
            "--connection",
            "postgresql://u@127.0.0.1:1/x",
            "--gateway",
            "https://127.0.0.1:1",
            "--gateway-ca-file",
            _folder.File("pipe")
        );

        Assert.Equal(78, result.ExitCode);
        Assert.Contains("no answer within 3 s", result.Error, StringComparison.Ordinal);
    }
}
