using System.Globalization;
using System.Text;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>The built command with many targets in a file, against real servers.</summary>
public sealed class FleetCommandTests(SharedArchivingPostgres shared) : IClassFixture<SharedArchivingPostgres>, IAsyncLifetime, IDisposable
{
    readonly TempFolder _folder = new();
    PushgatewayServer _gateway = null!;

    public async Task InitializeAsync() => _gateway = await PushgatewayServer.StartAsync();

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Shards_push_each_target_once_and_a_shard_without_targets_pushes_too()
    {
        var file = Config("interval: 5m\nshards: 3\n", Target("only", shared.Server.ConnectionUri()));

        var codes = new List<int>();
        for (var i = 0; i < 3; i++)
            codes.Add(
                (await RunAsync(new() { ["JOB_COMPLETION_INDEX"] = i.ToString(CultureInfo.InvariantCulture) }, "--config", file)).ExitCode
            );

        Assert.Equal([0, 0, 0], codes);
        Assert.Single(await _gateway.SamplesAsync("postgres_backup_probe_success"));
        var shards = await _gateway.SamplesAsync("backup_metrics_shards");
        Assert.Equal(["0", "1", "2"], shards.Select(line => line.Split("shard=\"")[1][..1]).Order(StringComparer.Ordinal));
        Assert.All(shards, line => Assert.EndsWith(" 3", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_bad_target_costs_the_others_nothing_and_is_named()
    {
        await using var silent = new SilentServer();
        var file = Config(
            "deadline: 30s\n",
            Target("good", shared.Server.ConnectionUri()),
            Target("silent", $"postgresql://u@127.0.0.1:{silent.Port}/x", "timeout: 2s"),
            Target("secret", shared.Server.ConnectionUri(), $"password_file: {_folder.File("absent")}")
        );

        var result = await RunAsync([], "--config", file);

        Assert.Equal(69, result.ExitCode);
        Assert.Contains("probed good: ", result.Error, StringComparison.Ordinal);
        Assert.Contains("CRITICAL silent: the probe failed (timeout)", result.Error, StringComparison.Ordinal);
        Assert.Contains(
            $"CRITICAL secret: the probe failed (auth): targets[2].password_file \"{_folder.File("absent")}\": does not exist",
            result.Error,
            StringComparison.Ordinal
        );
        Assert.Equal(3, (await _gateway.SamplesAsync("postgres_backup_probe_success")).Count);
        Assert.Equal(12, (await _gateway.SamplesAsync("postgres_backup_max_age_seconds")).Count);
    }

    [Fact]
    public async Task Each_of_several_gateways_gets_it_and_one_that_is_dead_is_told()
    {
        var dead = $"http://127.0.0.1:{FreePort.Next()}";
        var file = Config("deadline: 20s\n", Target("good", shared.Server.ConnectionUri()));

        var result = await BackupMetrics.RunAsync(
            "run",
            "--config",
            file,
            "--gateway",
            dead,
            "--gateway",
            _gateway.Url,
            "--deadline",
            "8s"
        );

        Assert.Equal(75, result.ExitCode);
        Assert.Contains($"FAILED {dead} could not be reached: Connection refused", result.Error, StringComparison.Ordinal);
        Assert.Contains($"ok {_gateway.Url} stored the push", result.Error, StringComparison.Ordinal);
        Assert.Single(await _gateway.SamplesAsync("postgres_backup_probe_success"));
    }

    [Fact]
    public async Task A_splayed_run_that_is_told_to_end_pushes_nothing()
    {
        var file = Config("splay: 10h\n", Target("good", shared.Server.ConnectionUri()));
        await using var run = BackupMetrics.Start(["run", "--config", file, "--gateway", _gateway.Url, "--verbose"]);
        await Wait.ForAsync("the runtime to listen to signals", () => Task.FromResult(HearsSignals(run.Id)));

        run.Signal(System.Runtime.InteropServices.PosixSignal.SIGTERM);
        var result = await run.WaitAsync();

        Assert.Equal(143, result.ExitCode);
        Assert.Empty(await _gateway.GroupsAsync());
    }

    [Fact]
    public async Task Sixty_targets_of_which_twenty_are_silent_tell_the_same_twice()
    {
        await using var silent = new SilentServer();
        var targets = Enumerable
            .Range(0, 60)
            .Select(i =>
                i % 3 == 2 ? Target($"t{i}", $"postgresql://u@127.0.0.1:{silent.Port}/x") : Target($"t{i}", shared.Server.ConnectionUri())
            )
            .ToArray();
        var file = Config("deadline: 60s\nconcurrency: 4\ndefaults: {timeout: 4s}\n", targets);

        var first = await RunAsync([], "--config", file, "--dry-run");
        var second = await RunAsync([], "--config", file, "--dry-run");

        Assert.Equal((69, 69), (first.ExitCode, second.ExitCode));
        Assert.Equal(
            40,
            first
                .Output.Split('\n')
                .Count(line =>
                    line.StartsWith("postgres_backup_probe_success{", StringComparison.Ordinal)
                    && line.EndsWith(" 1", StringComparison.Ordinal)
                )
        );
        Assert.Equal(WithoutValues(first.Output), WithoutValues(second.Output));
    }

    static IEnumerable<string> WithoutValues(string text) =>
        text.Split('\n').Select(line => line.StartsWith('#') ? line : line[..(line.LastIndexOf(' ') + 1)]);

    // SigCgt is a mask of the signals that a process handles; SIGTERM is the 15th.
    static bool HearsSignals(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(line => line.StartsWith("SigCgt:", StringComparison.Ordinal));
        return line is not null && (ulong.Parse(line[7..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & (1UL << 14)) != 0;
    }

    static string Target(string name, string connection, string more = "") =>
        $"- {{name: {name}, connection: '{connection}'{(more.Length > 0 ? ", " : "")}{more}}}";

    string Config(string head, params string[] targets)
    {
        var text = new StringBuilder(head).Append("targets:\n");
        foreach (var target in targets)
            text.Append(target).Append('\n');
        return _folder.Write("c.yaml", text.ToString());
    }

    Task<ProcessResult> RunAsync(Dictionary<string, string> environment, params string[] arguments) =>
        BackupMetrics.RunAsync(["run", "--gateway", _gateway.Url, .. arguments], environment);
}
