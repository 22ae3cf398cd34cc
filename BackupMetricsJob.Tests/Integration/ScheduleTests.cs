using System.Runtime.InteropServices;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>backup-metrics schedule as a user starts it: the process, its signals, its settings.</summary>
public sealed class ScheduleTests
{
    const string EverySecond = "* * * * * ?";

    [Fact]
    public async Task It_runs_at_every_slot_and_ends_with_0_after_SIGTERM()
    {
        await using var gateway = await PushgatewayServer.StartAsync();
        await using var daemon = Start(
            "--cron",
            EverySecond,
            "--connection",
            "postgresql://u@127.0.0.1:1/x",
            "--instance",
            "db",
            "--gateway",
            gateway.Url
        );
        await daemon.WaitForErrorLineAsync("ended on");

        daemon.Signal(PosixSignal.SIGTERM);

        var result = await daemon.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(0, result.ExitCode);
        var metrics = await gateway.MetricsAsync();
        Assert.Contains(
            "backup_metrics_interval_seconds{instance=\"\",job=\"backup_metrics\",run=\"db\"} 1",
            metrics,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "backup_metrics_config_last_reload_successful{instance=\"\",job=\"backup_metrics\",run=\"db\"} 1",
            metrics,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task SIGTERM_lets_a_run_end_within_the_grace_and_fires_no_more()
    {
        await using var silent = new SilentServer();
        await using var gateway = new StubPushgateway(StubPushgateway.Status(200));
        await using var daemon = Start(
            "--cron",
            EverySecond,
            "--connection",
            $"postgresql://u@127.0.0.1:{silent.Port}/x",
            "--timeout",
            "3s",
            "--gateway",
            gateway.Url,
            "--fail-on",
            "never"
        );
        await silent.FirstConnection;

        daemon.Signal(PosixSignal.SIGTERM);

        var result = await daemon.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(0, result.ExitCode);
        Assert.Single(gateway.Requests);
        Assert.Contains("reason=\"timeout\"", gateway.Requests[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_outlasts_the_grace_is_cut_pushes_what_it_knows_and_makes_143()
    {
        await using var silent = new SilentServer();
        await using var gateway = new StubPushgateway(StubPushgateway.Status(200));
        await using var daemon = Start(
            "--cron",
            EverySecond,
            "--connection",
            $"postgresql://u@127.0.0.1:{silent.Port}/x",
            "--timeout",
            "40s",
            "--gateway",
            gateway.Url,
            "--grace",
            "1s"
        );
        await silent.FirstConnection;
        await daemon.WaitForErrorLineAsync("is still active, and slot");

        daemon.Signal(PosixSignal.SIGTERM);

        var result = await daemon.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(143, result.ExitCode);
        Assert.Contains("reason=\"cancelled\"", Assert.Single(gateway.Requests).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_signal_ends_it_at_once()
    {
        await using var silent = new SilentServer();
        await using var daemon = Start(
            "--cron",
            EverySecond,
            "--connection",
            $"postgresql://u@127.0.0.1:{silent.Port}/x",
            "--timeout",
            "40s",
            "--no-push"
        );
        await silent.FirstConnection;

        daemon.Signal(PosixSignal.SIGTERM);
        await daemon.WaitForErrorLineAsync("may continue for 30 s");
        daemon.Signal(PosixSignal.SIGTERM);

        Assert.Equal(143, (await daemon.WaitAsync(TimeSpan.FromSeconds(10))).ExitCode);
    }

    [Fact]
    public async Task A_file_that_breaks_leaves_the_last_good_settings_and_is_said_in_the_log_and_in_a_metric()
    {
        const string Good = "backup_metrics_config_last_reload_successful 1";
        const string Bad = "backup_metrics_config_last_reload_successful 0";
        using var folder = new TempFolder();
        var query = folder.Write("dumps.sql", "SELECT 1");
        await using var gateway = new StubPushgateway(StubPushgateway.Status(200));
        await using var daemon = Start(
            "--cron",
            EverySecond,
            "--connection",
            "postgresql://u@127.0.0.1:1/x",
            "--gateway",
            gateway.Url,
            "--source",
            "query",
            "--query",
            query
        );
        await Wait.ForAsync("a push", () => gateway.Requests.Count > 0, state: () => daemon.Error);
        Assert.Contains(Good, gateway.Requests[0].Text, StringComparison.Ordinal);

        File.Delete(query);
        await daemon.WaitForErrorLineAsync("the last valid ones stay in use: --query");
        await Wait.ForAsync("a push that tells of it", () => gateway.Requests[^1].Text.Contains(Bad, StringComparison.Ordinal));

        await File.WriteAllTextAsync(query, "SELECT 2");
        daemon.Signal(PosixSignal.SIGHUP);
        await daemon.WaitForErrorLineAsync("the settings were reloaded");
        await Wait.ForAsync(
            "a push that tells that it is mended",
            () => gateway.Requests[^1].Text.Contains(Good, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_changed_file_changes_the_schedule_and_a_broken_one_keeps_it()
    {
        using var folder = new TempFolder();
        await using var gateway = new StubPushgateway(StubPushgateway.Status(200));
        var rest = $"grace: 5s\ngateway: {{url: '{gateway.Url}'}}\ntargets: [{{name: a, connection: 'postgresql://u@127.0.0.1:1/x'}}]\n";
        var file = folder.Write("main.yaml", "cron: '0 0 0 1 1 ?'\n" + rest);
        await using var daemon = Start("--config", file);
        await daemon.WaitForErrorLineAsync("started on");

        await File.WriteAllTextAsync(file, $"cron: '{EverySecond}'\n" + rest);
        daemon.Signal(PosixSignal.SIGHUP);
        await daemon.WaitForErrorLineAsync($"the schedule is now {EverySecond} in UTC");
        await Wait.ForAsync("a run", () => gateway.Requests.Count > 0, state: () => daemon.Error);

        await File.WriteAllTextAsync(file, "cron: '0 0 0 1 1 ?'\nno: 1\n" + rest);
        await daemon.WaitForErrorLineAsync($"the last valid ones stay in use: {file}:2:1: unknown key \"no\"");
        var before = gateway.Requests.Count;
        await Wait.ForAsync("two more runs", () => gateway.Requests.Count >= before + 2, state: () => daemon.Error);
        Assert.Contains("backup_metrics_config_last_reload_successful 0", gateway.Requests[^1].Text, StringComparison.Ordinal);
        daemon.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, (await daemon.WaitAsync(TimeSpan.FromSeconds(20))).ExitCode);
    }

    [Fact]
    public async Task What_is_wrong_is_told_all_at_once()
    {
        var result = await BackupMetrics.RunAsync(
            "schedule",
            "--cron",
            "61 * * * *",
            "--timezone",
            "Mars/Base",
            "--connection",
            "postgresql://u@h/x"
        );

        Assert.Equal(64, result.ExitCode);
        Assert.Contains("--gateway is missing", result.Error, StringComparison.Ordinal);
        Assert.Contains("like \"*/5 * * * *\", or six or seven as in Quartz", result.Error, StringComparison.Ordinal);
        Assert.Contains("--timezone \"Mars/Base\"", result.Error, StringComparison.Ordinal);
        Assert.Equal("", result.Output);
    }

    [Fact]
    public async Task Its_help_is_its_own()
    {
        var result = await BackupMetrics.RunAsync("schedule", "--help");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("Usage: backup-metrics schedule [options]", result.Output, StringComparison.Ordinal);
        Assert.Contains("SIGHUP reloads the settings", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_can_be_quiet_while_all_is_well()
    {
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        await HistoryFunction.InstallAsync(server);
        await server.BaseBackupAsync();
        await server.WaitForArchivedAsync(await server.SwitchWalAsync());
        await using var gateway = await PushgatewayServer.StartAsync();
        await using var daemon = Start("--quiet", "--cron", EverySecond, "--connection", server.ConnectionUri(), "--gateway", gateway.Url);
        while (!(await gateway.MetricsAsync()).Contains("postgres_backup_age_seconds{", StringComparison.Ordinal))
            Assert.False(daemon.HasExited, daemon.Error);

        await server.DisposeAsync();
        await daemon.WaitForErrorLineAsync("FAILED");
        daemon.Signal(PosixSignal.SIGTERM);

        var result = await daemon.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(0, result.ExitCode);
        // On a busy machine a slot may be late, which is a warning. "slot ... begins" and "next run at ..." are not.
        Assert.DoesNotContain("\nschedule:", "\n" + result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("probed", result.Error.Split("FAILED")[0], StringComparison.Ordinal);
    }

    static ChildProcess Start(params string[] arguments) => BackupMetrics.Start(["schedule", "--timezone", "UTC", .. arguments]);
}
