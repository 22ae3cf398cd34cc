using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using BackupMetricsJob.Tests.Support;
using Xunit.Abstractions;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>
/// Whenever a run is told to end, either its push tells the truth within ten seconds, or its exit code says that there was none.
/// </summary>
public sealed class FleetKilledTests(ITestOutputHelper log)
{
    const int Runs = 100;
    const int AtOnce = 8;

    [Fact]
    public async Task A_run_that_is_told_to_end_at_any_moment_tells_the_truth_about_its_push()
    {
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        await using var silent = new SilentServer();
        await using var gateway = await PushgatewayServer.StartAsync();
        var usual = (await RunAsync(server.ConnectionUri(), "first", gateway.Url, TimeSpan.FromMinutes(1))).Elapsed;
        var endings = new SortedDictionary<string, int>(StringComparer.Ordinal);
        log.WriteLine($"a run takes {usual.TotalMilliseconds:0} ms");

        for (var begun = 0; begun < Runs; begun += AtOnce)
        {
            var batch = new List<Task<(string Name, ProcessResult Result)>>();
            for (var i = begun; i < Math.Min(begun + AtOnce, Runs); i++)
            {
                var name = $"run{i}";
                var connection = i % 4 == 0 ? $"postgresql://u@127.0.0.1:{silent.Port}/x" : server.ConnectionUri();
                batch.Add(KillAsync(connection, name, gateway.Url, usual * (RandomNumberGenerator.GetInt32(4000) / 1000.0)));
            }

            foreach (var (name, result) in await Task.WhenAll(batch))
            {
                var ending = await JudgeAsync(name, result, gateway);
                endings[ending] = endings.GetValueOrDefault(ending) + 1;
            }
        }

        foreach (var (ending, count) in endings)
            log.WriteLine($"{count} {ending}");
        Assert.True(endings.Count >= 2, "every run ended alike: the moments were not random");
    }

    static async Task<string> JudgeAsync(string name, ProcessResult result, PushgatewayServer gateway)
    {
        var groups = await gateway.GroupsAsync();
        var group = groups
            .Where(group => group.GetProperty("labels").TryGetProperty("run", out var run) && run.GetString() == name)
            .ToList();
        var told = $"{name} ended with {result.ExitCode} and {(group.Count > 0 ? "is" : "is not")} at the gateway; it said: {result.Error}";
        var stored = result.Error.Contains("stored the push", StringComparison.Ordinal);
        Assert.True(result.ExitCode is 0 or 69 or 75 or 143, told);

        // Before the runtime can hear signals, one ends it as it would any process: nothing is said, nothing was pushed, and 143 is the
        // kernel's.
        if (result is { ExitCode: 143, Error: "" })
        {
            Assert.True(group.Count == 0, told);
            return "killed before it began";
        }

        Assert.True(result.ExitCode == 75 ? !stored : stored && group.Count == 1, told);
        if (group.Count == 0)
            return "not pushed: 75";
        var success = Value(group[0], "postgres_backup_probe_success");
        var failed = result.Error.Contains("the probe failed", StringComparison.Ordinal);
        Assert.True(success == (failed ? "0" : "1"), $"{told}\nprobe_success is {success}");
        return $"pushed: {result.ExitCode}, the probe {(failed ? "failed" : "succeeded")}";
    }

    static string? Value(System.Text.Json.JsonElement group, string metric) =>
        group.GetProperty(metric).GetProperty("metrics")[0].GetProperty("value").GetString();

    static async Task<(string Name, ProcessResult Result)> KillAsync(string connection, string name, string gateway, TimeSpan after)
    {
        await using var run = Start(connection, name, gateway);
        var clock = Stopwatch.StartNew();
        await Wait.ForAsync("its moment", () => clock.Elapsed >= after || run.HasExited);
        run.Signal(PosixSignal.SIGTERM);
        return (name, await run.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    static async Task<ProcessResult> RunAsync(string connection, string name, string gateway, TimeSpan deadline)
    {
        await using var run = Start(connection, name, gateway);
        return await run.WaitAsync(deadline);
    }

    static ChildProcess Start(string connection, string name, string gateway) =>
        BackupMetrics.Start(["run", "--connection", connection, "--instance", name, "--gateway", gateway, "--timeout", "3s"]);
}
