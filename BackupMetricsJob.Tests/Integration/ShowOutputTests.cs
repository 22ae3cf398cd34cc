using System.Text.Json;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>show for programs: a plugin's line, JSON, and exit codes for findings.</summary>
public sealed class ShowOutputTests
{
    const string Negate = "/usr/lib/nagios/plugins/negate";

    [Fact]
    public async Task A_server_that_is_well_and_then_late()
    {
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        await HistoryFunction.InstallAsync(server);
        await server.BaseBackupAsync();
        await server.WaitForArchivedAsync(await server.SwitchWalAsync());
        string[] show = ["show", "--connection", server.ConnectionUri(), "--instance", "orders"];
        string[] late = [.. show, "--max-age", "base:critical=1ms"];
        string[] soon = [.. show, "--max-age", "base:warning=1ms"];

        var nagios = await BackupMetrics.RunAsync([.. show, "--output", "nagios"]);
        Assert.Equal((0, ""), (nagios.ExitCode, nagios.Error));
        Assert.Matches("^BACKUP OK - orders: base backup [0-9]+ s old .* [|] backup_age=[0-9]+s;93600;180000;0 [^\n]*\n$", nagios.Output);
        Assert.Equal(2, (await BackupMetrics.RunAsync([.. late, "--output", "nagios"])).ExitCode);
        Assert.Equal(1, (await BackupMetrics.RunAsync([.. soon, "--output", "nagios"])).ExitCode);

        // A real runner reads the code and the word.
        var negated = await ChildProcess.RunAsync(
            Negate,
            ["--critical=OK", "--substitute", BackupMetrics.Executable, .. late, "--output", "nagios"],
            new()
            {
                Environment = new Dictionary<string, string> { ["DOTNET_ROOT"] = BackupMetrics.DotnetRoot, ["PATH"] = "/usr/bin:/bin" },
            }
        );
        Assert.Equal(0, negated.ExitCode);
        Assert.StartsWith("BACKUP OK - orders: the newest base backup is", negated.Output, StringComparison.Ordinal);

        Assert.Equal(0, (await BackupMetrics.RunAsync([.. late])).ExitCode);
        Assert.Equal(2, (await BackupMetrics.RunAsync([.. late, "--fail-on", "critical"])).ExitCode);
        Assert.Equal(2, (await BackupMetrics.RunAsync([.. late, "--fail-on", "warning"])).ExitCode);
        Assert.Equal(1, (await BackupMetrics.RunAsync([.. soon, "--fail-on", "warning"])).ExitCode);
        Assert.Equal(0, (await BackupMetrics.RunAsync([.. soon, "--fail-on", "critical"])).ExitCode);
        Assert.Equal(0, (await BackupMetrics.RunAsync([.. show, "--fail-on", "warning"])).ExitCode);

        var json = await BackupMetrics.RunAsync([.. late, "--output", "json", "--fail-on", "critical"]);
        using var document = JsonDocument.Parse(json.Output);
        Assert.Equal((2, 2), (json.ExitCode, document.RootElement.GetProperty("exit_code").GetInt32()));
        var database = document.RootElement.GetProperty("databases")[0];
        Assert.Equal("critical", database.GetProperty("verdict").GetString());
        Assert.Equal("ok", database.GetProperty("server").GetProperty("archiving").GetString());
        Assert.Equal(["true"], await ShowSchema.VerdictsAsync(json.Output));
    }

    [Fact]
    public async Task A_database_that_does_not_answer_never_looks_ok()
    {
        string[] show = ["show", "--connection", $"postgresql://u@127.0.0.1:{FreePort.Next()}/x", "--instance", "gone"];

        var nagios = await BackupMetrics.RunAsync([.. show, "--output", "nagios"]);

        Assert.Equal((3, ""), (nagios.ExitCode, nagios.Error));
        Assert.StartsWith("BACKUP UNKNOWN - gone: the probe failed (refused): ", nagios.Output, StringComparison.Ordinal);
        Assert.Equal(69, (await BackupMetrics.RunAsync([.. show, "--fail-on", "critical"])).ExitCode);
        Assert.Equal(0, (await BackupMetrics.RunAsync([.. show, "--fail-on", "never"])).ExitCode);
        var json = await BackupMetrics.RunAsync([.. show, "--output", "json"]);
        Assert.Equal(69, json.ExitCode);
        Assert.Equal(["true"], await ShowSchema.VerdictsAsync(json.Output));
    }

    [Theory]
    [InlineData("--output nagios --timeout 5")]
    [InlineData("--output nagios --fail-on warning")]
    [InlineData("--output nagios --config /nonexistent.yaml")]
    // What the parser refuses, too, whose own code is 64.
    [InlineData("--output nagios --deadlin 30s")]
    [InlineData("--bogus --output=nagios")]
    public async Task A_wrong_setting_is_unknown_to_a_plugins_runner(string arguments)
    {
        var result = await BackupMetrics.RunAsync(["show", "--connection", "postgresql://u@127.0.0.1/x", .. arguments.Split(' ')]);

        Assert.Equal((3, ""), (result.ExitCode, result.Error));
        Assert.Matches(
            "^BACKUP UNKNOWN - (-|Unrecognized command or argument .--(deadlin.[.] Did you mean --deadline|bogus))",
            result.Output
        );
    }

    [Theory]
    [InlineData("show --output yaml", "--output \"yaml\": must be text, json or nagios")]
    [InlineData("show --fail-on critica", "--fail-on \"critica\": must be any, never, warning or critical")]
    [InlineData("run --dry-run --fail-on critical", "--fail-on \"critical\": must be any or never")]
    [InlineData("schedule --no-push --cron @hourly --fail-on critical", "--fail-on \"critical\": must be any or never")]
    public async Task A_word_that_is_not_one_of_them_is_64(string arguments, string message)
    {
        var result = await BackupMetrics.RunAsync([
            .. arguments.Split(' '),
            "--connection",
            "postgresql://u@127.0.0.1/x",
            "--instance",
            "x",
        ]);

        Assert.Equal(64, result.ExitCode);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }
}
