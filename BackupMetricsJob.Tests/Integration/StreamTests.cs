using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>Standard streams that are closed or full, as cron and full disks leave them.</summary>
public sealed class StreamTests(SharedArchivingPostgres shared) : IClassFixture<SharedArchivingPostgres>
{
    [Theory]
    [InlineData("2>&-")]
    [InlineData("2>/dev/full")]
    [InlineData("<&- >&- 2>&-")]
    public async Task A_standard_error_that_takes_nothing_does_not_change_the_exit_code(string redirection)
    {
        await using var gateway = await PushgatewayServer.StartAsync();

        Assert.Equal(
            0,
            (
                await ShellAsync($"run --connection '{shared.Server.ConnectionUri()}' --gateway {gateway.Url} --instance db {redirection}")
            ).ExitCode
        );
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
        Assert.Single(
            result.Error.Split('\n'),
            line => line.StartsWith("backup-metrics: standard output cannot be written: ", StringComparison.Ordinal)
        );
    }

    /// <summary>As a full disk, but .NET has another exception for it.</summary>
    [Fact]
    public async Task A_standard_output_that_may_not_grow_is_told()
    {
        using var folder = new TempFolder();
        var result = await ChildProcess.RunAsync(
            "/bin/sh",
            [
                "-c",
                "trap '' XFSZ; ulimit -f 1; exec \"$@\" >" + folder.File("out"),
                "sh",
                BackupMetrics.Executable,
                "run",
                "--dry-run",
                "--connection",
                $"postgresql://u@127.0.0.1:{FreePort.Next()}/x",
            ],
            new()
            {
                Environment = new Dictionary<string, string>
                {
                    ["DOTNET_ROOT"] = BackupMetrics.DotnetRoot,
                    ["DOTNET_EnableWriteXorExecute"] = "0",
                    ["PATH"] = "/usr/bin:/bin",
                },
            }
        );

        Assert.Equal((74, "backup-metrics: standard output cannot be written: "), (result.ExitCode, result.Error[..51]));
    }

    /// <summary>Then what is opened next gets their numbers: what was to be read is not written into a connection.</summary>
    [Theory]
    [InlineData("run --dry-run")]
    [InlineData("show")]
    [InlineData("check")]
    [InlineData("check --output json")]
    [InlineData("--help")]
    [InlineData("--version")]
    public async Task Where_all_of_them_are_closed_what_was_asked_for_is_not_taken_for_written(string command)
    {
        var connection = command[0] == '-' ? "" : $"--connection '{shared.Server.ConnectionUri()}' --instance db";

        Assert.Equal(74, (await ShellAsync($"{command} {connection} <&- >&- 2>&-")).ExitCode);
        Assert.Equal(74, (await ShellAsync($"{command} {connection} <&- >&-")).ExitCode);
    }

    [Fact]
    public async Task A_deletion_whose_list_cannot_be_written_says_so()
    {
        await using var gateway = await PushgatewayServer.StartAsync();
        await BackupMetrics.RunAsync(
            "run",
            "--connection",
            $"postgresql://u@127.0.0.1:{FreePort.Next()}/x",
            "--instance",
            "db",
            "--gateway",
            gateway.Url
        );

        Assert.Equal(74, (await ShellAsync($"delete --job backup_metrics --dry-run --gateway {gateway.Url} <&- >&- 2>&-")).ExitCode);
        Assert.Single(await gateway.GroupsAsync());
    }

    [Fact]
    public async Task An_import_reads_no_other_file_in_place_of_a_closed_input()
    {
        var result = await ShellAsync("import wal-g --server orders --connection postgresql://u@127.0.0.1:1/x <&-");

        Assert.Equal(64, result.ExitCode);
        Assert.Contains("standard input is closed", result.Error, StringComparison.Ordinal);
    }

    static Task<ProcessResult> ShellAsync(string arguments) =>
        ChildProcess.RunAsync("/bin/sh", ["-c", $"exec '{BackupMetrics.Executable}' {arguments}"]);
}
