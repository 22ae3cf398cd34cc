using BackupMetricsJob.Tests.Support;
using static BackupMetricsJob.Tests.Support.Relay;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>
/// A real gateway that is killed, restarted, cut off or heard too late: the exit code says what the gateway has, or that nobody knows.
/// </summary>
public sealed class GatewayInTroubleTests : IAsyncLifetime
{
    const string MayBeApplied = "it may still be applied";

    PushgatewayServer _gateway = null!;

    public async Task InitializeAsync() => _gateway = await PushgatewayServer.StartAtAsync(FreePort.Next());

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task An_answer_that_is_lost_is_asked_for_again()
    {
        await using var relay = new Relay(_gateway.Port, LoseAnswer, Forward);

        var result = await RunAsync(relay);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("stored the push; 2 attempts", result.Error, StringComparison.Ordinal);
        Assert.True(await HasTheGroupAsync());
    }

    [Fact]
    public async Task Answers_that_are_lost_each_time_leave_it_open_and_it_was_applied()
    {
        await using var relay = new Relay(_gateway.Port, LoseAnswer);

        var result = await RunAsync(relay);

        Assert.Equal(75, result.ExitCode);
        Assert.Contains(MayBeApplied, result.Error, StringComparison.Ordinal);
        Assert.True(await HasTheGroupAsync());
    }

    [Fact]
    public async Task An_answer_that_comes_too_late_leaves_it_open_and_it_was_applied()
    {
        await using var relay = new Relay(_gateway.Port, HoldAnswer);

        var result = await RunAsync(relay);

        Assert.Equal(75, result.ExitCode);
        Assert.Contains("did not answer in time", result.Error, StringComparison.Ordinal);
        Assert.Contains(MayBeApplied, result.Error, StringComparison.Ordinal);
        Assert.True(await HasTheGroupAsync());
    }

    [Fact]
    public async Task Half_a_request_is_not_applied_and_sent_again()
    {
        await using var hopeless = new Relay(_gateway.Port, CutRequest(800));
        await using var relay = new Relay(_gateway.Port, CutRequest(800), Forward);

        var never = await RunAsync(hopeless);
        Assert.False(await HasTheGroupAsync());
        var once = await RunAsync(relay);

        Assert.Equal((75, 0), (never.ExitCode, once.ExitCode));
        Assert.True(await HasTheGroupAsync());
    }

    [Fact]
    public async Task One_that_dies_with_the_push_and_is_back_for_the_next_attempt_has_it()
    {
        await using var relay = new Relay(_gateway.Port, After(KillAsync, Forward), After(RestartAsync, Forward));

        var result = await RunAsync(relay);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("stored the push; 2 attempts", result.Error, StringComparison.Ordinal);
        Assert.True(await HasTheGroupAsync());
    }

    [Fact]
    public async Task One_that_dies_after_it_answered_in_vain_and_is_back_empty_has_it()
    {
        await using var relay = new Relay(_gateway.Port, LoseAnswer, After(RestartAsync, Forward));

        var result = await RunAsync(relay);

        Assert.Equal(0, result.ExitCode);
        Assert.True(await HasTheGroupAsync());
    }

    [Fact]
    public async Task One_that_dies_for_good_between_attempts_does_not_have_it()
    {
        await using var relay = new Relay(_gateway.Port, LoseAnswer, After(KillAsync, Forward));

        var result = await RunAsync(relay);

        Assert.Equal(75, result.ExitCode);
        Assert.Contains("could not be reached", result.Error, StringComparison.Ordinal);
        Assert.InRange(relay.Connections, 2, 6); // The last one asks what became of the push.
    }

    [Fact]
    public async Task One_that_is_gone_is_told_to_be_so_without_a_maybe()
    {
        await KillAsync();

        var result = await BackupMetrics.RunAsync(Arguments(_gateway.Url));

        Assert.Equal(75, result.ExitCode);
        Assert.Contains("could not be reached: Connection refused", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(MayBeApplied, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_is_restarted_empty_has_it_again_after_the_next_run()
    {
        var first = await BackupMetrics.RunAsync(Arguments(_gateway.Url));
        await RestartAsync();
        Assert.False(await HasTheGroupAsync());
        var second = await BackupMetrics.RunAsync(Arguments(_gateway.Url));

        Assert.Equal((0, 0), (first.ExitCode, second.ExitCode));
        Assert.True(await HasTheGroupAsync());
    }

    [RefusalFact]
    public async Task A_poisoned_one_is_refused_with_the_command_that_mends_it()
    {
        using (var connection = new System.Net.Sockets.TcpClient("127.0.0.1", _gateway.Port))
        {
            await using var stream = connection.GetStream();
            await stream.WriteAsync(
                "PUT /metrics/job/bad/x/%ff%fe HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nConnection: close\r\n\r\na 1\n"u8.ToArray()
            );
            await stream.CopyToAsync(Stream.Null);
        }

        var result = await BackupMetrics.RunAsync(Arguments(_gateway.Url));
        var json = await BackupMetrics.RunAsync([.. Arguments(_gateway.Url), "--log-format", "json"]);

        var command = $"curl -X DELETE '{_gateway.Url}/metrics/job@base64/YmFk/x@base64/__4'";
        Assert.Equal((76, 76), (result.ExitCode, json.ExitCode));
        var lines = result.Error.TrimEnd().Split('\n');
        Assert.StartsWith($"FAILED {_gateway.Url} refused the push (HTTP 400)", lines[^2], StringComparison.Ordinal);
        Assert.StartsWith(
            "advice: the group {job=\"bad\", x=\"\\xff\\xfe\"} of another job has a label that is not UTF-8",
            lines[^1],
            StringComparison.Ordinal
        );
        Assert.EndsWith(command, lines[^1], StringComparison.Ordinal);
        var push = json.Error.Split('\n').Single(line => line.Contains("\"event\":\"push\"", StringComparison.Ordinal));
        Assert.EndsWith(
            command,
            System.Text.Json.JsonDocument.Parse(push).RootElement.GetProperty("advice").GetString(),
            StringComparison.Ordinal
        );
    }

    static Task<ProcessResult> RunAsync(Relay relay) => BackupMetrics.RunAsync(Arguments(relay.Url));

    static string[] Arguments(string gateway) =>
        [
            "run",
            "--connection",
            $"postgresql://u@127.0.0.1:{FreePort.Next()}/x",
            "--fail-on",
            "never",
            "--instance",
            "db",
            "--gateway",
            gateway,
            "--deadline",
            "8s",
        ];

    async Task<bool> HasTheGroupAsync() => (await _gateway.SamplesAsync("backup_metrics_build_info")).Count == 1;

    async Task KillAsync() => await _gateway.DisposeAsync();

    async Task RestartAsync()
    {
        await _gateway.DisposeAsync();
        _gateway = await PushgatewayServer.StartAtAsync(_gateway.Port);
    }
}
