using System.Runtime.InteropServices;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>The calls of a run to a heartbeat: well only if all is well, bounded in time, and its URL in no output.</summary>
public sealed class HeartbeatTests
{
    const string Secret = "0a1b2c3d-secret";

    [Fact]
    public async Task All_is_well_and_then_a_limit_is_passed()
    {
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        await HistoryFunction.InstallAsync(server);
        await server.BaseBackupAsync();
        await server.WaitForArchivedAsync(await server.SwitchWalAsync());
        await using var gateway = await PushgatewayServer.StartAsync();
        await using var service = new StubPushgateway(StubPushgateway.Status(200, "OK"));
        using var folder = new TempFolder();
        string[] run =
        [
            "run",
            "--connection",
            server.ConnectionUri(),
            "--instance",
            "orders",
            "--gateway",
            gateway.Url,
            "--heartbeat-file",
            folder.Write("url", $"{service.Url}/ping/{Secret}?rid=1\n", secret: true),
        ];

        var well = await BackupMetrics.RunAsync(run);
        var late = await BackupMetrics.RunAsync([.. run, "--max-age", "base:warning=1ms"]);

        Assert.Equal((0, 0), (well.ExitCode, late.ExitCode));
        Assert.Equal(
            [
                $"POST /ping/{Secret}/start?rid=1",
                $"POST /ping/{Secret}?rid=1",
                $"POST /ping/{Secret}/start?rid=1",
                $"POST /ping/{Secret}/fail?rid=1",
            ],
            service.Requests.Select(request => $"{request.Method} {request.Path}")
        );
        Assert.Equal("1 database: 0 critical, 0 unknown, 0 with a warning; exit code 0\n", service.Requests[1].Text);
        Assert.StartsWith(
            "1 database: 0 critical, 0 unknown, 1 with a warning; exit code 0\nwarning orders: the newest base backup is",
            service.Requests[3].Text,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(Secret, well.Error + late.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("heartbeat", well.Error + late.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_push_that_did_not_arrive_or_a_dead_database_is_not_well()
    {
        await using var service = new StubPushgateway(StubPushgateway.Status(200, "OK"));
        // One that is asked once: of another the run would make five attempts.
        await using var gateway = new StubPushgateway(StubPushgateway.Status(400, "no"));

        var result = await RunAsync("40s", $"{service.Url}/{Secret}", gateway.Url, "--fail-on", "never");

        Assert.Equal(76, result.ExitCode);
        Assert.Equal([$"/{Secret}/start", $"/{Secret}/fail"], service.Requests.Select(request => request.Path));
        Assert.Contains("FAILED http://127.0.0.1:", service.Requests[1].Text, StringComparison.Ordinal);
        Assert.Contains("CRITICAL gone: the probe failed (refused)", service.Requests[1].Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, result.Error, StringComparison.Ordinal);
    }

    /// <summary>The attempts of the push leave the last call its part of the deadline.</summary>
    [Fact]
    public async Task A_gateway_that_cannot_be_reached_is_told_within_the_deadline()
    {
        await using var service = new StubPushgateway(StubPushgateway.Status(200, "OK"));
        var gateway = $"http://127.0.0.1:{FreePort.Next()}";

        var result = await RunAsync("20s", $"{service.Url}/{Secret}", gateway, "--fail-on", "never");

        Assert.Equal(75, result.ExitCode);
        Assert.Equal([$"/{Secret}/start", $"/{Secret}/fail"], service.Requests.Select(request => request.Path));
        Assert.Contains($"FAILED {gateway}", service.Requests[1].Text, StringComparison.Ordinal);
        Assert.Contains("exit code 75", service.Requests[1].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("was not told", result.Error, StringComparison.Ordinal);
    }

    /// <summary>With --fail-on never the exit code is 0; the heartbeat still says that it is not well.</summary>
    [Fact]
    public async Task An_exit_code_that_was_asked_for_changes_nothing()
    {
        await using var gateway = await PushgatewayServer.StartAsync();
        await using var service = new StubPushgateway(StubPushgateway.Status(200, "OK"));

        var result = await RunAsync("40s", $"{service.Url}/{Secret}", gateway.Url, "--fail-on", "never");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal($"/{Secret}/fail", service.Requests[^1].Path);
    }

    [Theory]
    [InlineData(404, "not found", "was not notified of the failure of this run: HTTP 404: there is no such check", 1)]
    [InlineData(200, "OK (not found)", "was not notified of the failure of this run: there is no such check", 1)]
    [InlineData(200, "OK (rate limited)", "it was called too often", 1)]
    [InlineData(301, "", "it redirects (HTTP 301)", 1)]
    [InlineData(503, Secret, "was not notified of the failure of this run: HTTP 503", 2)]
    public async Task A_refusal_is_a_warning(int status, string body, string message, int min)
    {
        await using var gateway = await PushgatewayServer.StartAsync();
        await using var service = new StubPushgateway(
            StubPushgateway.Status(status, body, $"Location: https://elsewhere.example/{Secret}")
        );

        var result = await RunAsync("40s", $"{service.Url}/{Secret}", gateway.Url);

        Assert.Equal(69, result.ExitCode);
        Assert.Contains(
            $"warning: the heartbeat at {service.Url} was not notified of the start of this run: ",
            result.Error,
            StringComparison.Ordinal
        );
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, result.Error, StringComparison.Ordinal);
        Assert.InRange(service.Requests.Count, min, 30);
    }

    /// <summary>Three attempts, half a second apart.</summary>
    [Fact]
    public async Task A_service_that_is_down_costs_a_second_and_the_first_reason_is_told()
    {
        await using var gateway = await PushgatewayServer.StartAsync();
        await using var service = new StubPushgateway(StubPushgateway.Reset(), StubPushgateway.Status(503, ""));

        var refused = await RunAsync("40s", $"http://127.0.0.1:{FreePort.Next()}/{Secret}", gateway.Url);
        var broken = await RunAsync("40s", $"{service.Url}/{Secret}", gateway.Url);

        Assert.Matches("not notified of the start of this run: .*Connection refused", refused.Error);
        Assert.Matches("not notified of the failure of this run: .*Connection refused", refused.Error);
        // Its first request was reset, and not answered with HTTP 503 like those that followed.
        Assert.DoesNotMatch("notified of the start of this run: (HTTP 503|the run ended)", broken.Error);
        Assert.Contains("notified of the failure of this run: HTTP 503", broken.Error, StringComparison.Ordinal);
        Assert.Equal(3, service.Requests.Count(request => request.Path == $"/{Secret}/fail"));
    }

    [Fact]
    public async Task A_service_that_hangs_costs_no_more_than_its_part_of_the_deadline()
    {
        await using var gateway = await PushgatewayServer.StartAsync();
        await using var service = new StubPushgateway(StubPushgateway.Hang());
        var start = TimeProvider.System.GetTimestamp();

        var result = await RunAsync("40s", $"{service.Url}/{Secret}", gateway.Url);

        Assert.Equal(69, result.ExitCode);
        Assert.Contains("not notified of the start of this run: the run ended before it answered", result.Error, StringComparison.Ordinal);
        Assert.Matches("was not notified of the failure of this run: no answer within [2345](\\.[0-9]+)? s", result.Error);
        Assert.Single(await gateway.GroupsAsync());
        Assert.InRange(TimeProvider.System.GetElapsedTime(start).TotalSeconds, 5, 39);
    }

    /// <summary>What was pushed stays; the service is told nothing more, and rings by itself.</summary>
    [Fact]
    public async Task A_signal_while_the_service_hangs_ends_the_run_as_any_other()
    {
        await using var gateway = await PushgatewayServer.StartAsync();
        await using var service = new StubPushgateway(StubPushgateway.Status(200, "OK"), StubPushgateway.Hang());
        await using var run = BackupMetrics.Start(
            [
                "run",
                "--connection",
                $"postgresql://u@127.0.0.1:{FreePort.Next()}/x",
                "--instance",
                "gone",
                "--fail-on",
                "never",
                "--gateway",
                gateway.Url,
            ],
            new Dictionary<string, string> { ["BACKUP_METRICS_HEARTBEAT"] = $"{service.Url}/{Secret}" }
        );
        await Wait.ForAsync("the last call", () => Task.FromResult(service.Requests.Count == 2), null, () => run.Error);

        run.Signal(PosixSignal.SIGTERM);

        var result = await run.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(143, result.ExitCode);
        Assert.Matches("was not notified of the failure of this run: (the run ended before it answered|no answer within)", result.Error);
        Assert.Single(await gateway.GroupsAsync());
    }

    /// <summary>A run takes less time than a call to another continent.</summary>
    [Fact]
    public async Task A_slow_service_is_told_of_the_start_of_a_short_run()
    {
        await using var gateway = await PushgatewayServer.StartAsync();
        await using var service = new StubPushgateway(
            StubPushgateway.Drip("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK", TimeSpan.FromMilliseconds(20)),
            StubPushgateway.Status(200, "OK")
        );

        var result = await RunAsync("40s", $"{service.Url}/{Secret}", gateway.Url);

        Assert.Equal([$"/{Secret}/start", $"/{Secret}/fail"], service.Requests.Select(request => request.Path));
        Assert.DoesNotContain("heartbeat", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_calls_nobody()
    {
        await using var service = new StubPushgateway(StubPushgateway.Status(200, "OK"));

        await RunAsync("40s", $"{service.Url}/{Secret}", "http://127.0.0.1:9", "--dry-run");

        Assert.Empty(service.Requests);
    }

    [Fact]
    public async Task The_schedule_calls_at_each_slot()
    {
        await using var gateway = await PushgatewayServer.StartAsync();
        await using var service = new StubPushgateway(StubPushgateway.Status(200, "OK"));
        await using var daemon = BackupMetrics.Start([
            "schedule",
            "--cron",
            "* * * * * ?",
            "--connection",
            $"postgresql://u@127.0.0.1:{FreePort.Next()}/x",
            "--instance",
            "gone",
            "--gateway",
            gateway.Url,
            "--heartbeat",
            $"{service.Url}/{Secret}",
        ]);

        await Wait.ForAsync("two runs", () => Task.FromResult(service.Requests.Count >= 4), null, () => daemon.Error);

        Assert.Equal(
            [$"/{Secret}/start", $"/{Secret}/fail", $"/{Secret}/start", $"/{Secret}/fail"],
            service.Requests.Take(4).Select(request => request.Path)
        );
        Assert.DoesNotContain(Secret, daemon.Error, StringComparison.Ordinal);
    }

    static Task<ProcessResult> RunAsync(string deadline, string url, string gateway, params string[] more) =>
        BackupMetrics.RunAsync(
            [
                "run",
                "--connection",
                $"postgresql://u@127.0.0.1:{FreePort.Next()}/x",
                "--instance",
                "gone",
                "--deadline",
                deadline,
                "--gateway",
                gateway,
                .. more,
            ],
            new Dictionary<string, string> { ["BACKUP_METRICS_HEARTBEAT"] = url }
        );
}
