using System.Diagnostics;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Postgres;
using BackupMetricsJob.Running;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Running;

/// <summary>Many targets at once: none delays another, and each has a result at the deadline.</summary>
public sealed class ConcurrentProbesTests
{
    [Fact]
    public async Task Silent_hosts_hold_up_nobody()
    {
        await using var silent = new SilentServer();
        await using var server = await PostgresServer.StartAsync();
        var targets = Enumerable
            .Range(0, 60)
            .Select(i =>
                i < 20
                    ? Jobs.Target($"silent{i}", $"postgresql://u@127.0.0.1:{silent.Port}/x", timeout: 10)
                    : Jobs.Target($"well{i}", server.ConnectionUri(), timeout: 30)
            )
            .ToList();

        var (results, elapsed) = await ProbeAsync(targets, places: 4);

        // Sequentially in four slots, the silent targets alone would take 50 s.
        Assert.InRange(elapsed, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30));
        Assert.Equal(targets.Select(target => target.Instance.Name), results.Select(result => result.Instance.Name));
        Assert.All(
            results[..20],
            result =>
                Assert.Equal(
                    (FailureReason.Timeout, $"no answer within 10 s while connecting to 127.0.0.1:{silent.Port}"),
                    (result.Failure?.Reason, result.Failure?.Message)
                )
        );
        Assert.All(results[20..], result => Assert.Null(result.Failure));
        Assert.Equal(20, silent.Connections);
    }

    [Fact]
    public async Task A_server_that_answers_slowly_gets_no_more_connections_than_there_are_places()
    {
        await using var slow = new SlowServer(TimeSpan.FromSeconds(2));
        var targets = Enumerable
            .Range(0, 12)
            .Select(i => Jobs.Target($"slow{i}", $"postgresql://u@127.0.0.1:{slow.Port}/x?sslmode=disable"))
            .ToList();

        var (results, _) = await ProbeAsync(targets, places: 4);

        Assert.All(results, result => Assert.Equal(FailureReason.Busy, result.Failure?.Reason));
        Assert.Equal(4, slow.MostAtOnce);
    }

    [Fact]
    public async Task What_there_was_no_time_for_is_said_to_have_failed()
    {
        await using var first = new SilentServer();
        await using var second = new SilentServer();
        MonitoredTarget[] targets =
        [
            Jobs.Target("t0", $"postgresql://u@127.0.0.1:{first.Port}/x"),
            Jobs.Target("t1", $"postgresql://u@127.0.0.1:{second.Port}/x"),
            Jobs.Target("t2", $"postgresql://u@127.0.0.1:{FreePort.Next()}/x"),
        ];

        var (results, elapsed) = await ProbeAsync(targets, places: 1, end: 0.2);

        Assert.InRange(elapsed, TimeSpan.FromSeconds(0.19), TimeSpan.FromSeconds(6));
        Assert.All(results, result => Assert.Equal(FailureReason.Timeout, result.Failure?.Reason));
        Assert.Equal(
            $"no answer within 0.2 s, which is what --deadline leaves for the database, while connecting to 127.0.0.1:{first.Port}",
            results[0].Failure!.Message
        );
        Assert.Equal("not probed: --deadline left no time", results[2].Failure!.Message);
    }

    [Fact]
    public async Task Who_wants_an_address_that_is_known_to_be_silent_waits_aside()
    {
        await using var silent = new SilentServer();
        await using var server = await PostgresServer.StartAsync();
        var targets = Enumerable
            .Range(0, 10)
            .Select(i => Jobs.Target($"silent{i}", $"postgresql://u@127.0.0.1:{silent.Port}/x", timeout: 4))
            .Append(Jobs.Target("well", server.ConnectionUri(), timeout: 30))
            .ToList();

        var (results, elapsed) = await ProbeAsync(targets, places: 1);

        // Sequentially, at one second each, it would take ten until the last is probed.
        Assert.Null(results[10].Failure);
        Assert.InRange(elapsed, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(9));
    }

    [Fact]
    public async Task A_stop_ends_those_that_were_begun_and_those_that_were_not()
    {
        await using var silent = new SilentServer();
        using var stop = new CancellationTokenSource();
        var targets = Enumerable.Range(0, 5).Select(i => Jobs.Target($"t{i}", $"postgresql://u@127.0.0.1:{silent.Port}/x")).ToList();
        targets.Add(targets[0] with { Target = null, Failure = new(FailureReason.Auth, "its password file is not there") });
        var run = ProbeAsync(targets, places: 2, stop: stop.Token);
        await silent.FirstConnection;

        await stop.CancelAsync();

        var (results, elapsed) = await run;
        Assert.InRange(elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(8));
        Assert.All(results[..5], result => Assert.Equal(FailureReason.Cancelled, result.Failure?.Reason));
        Assert.Equal("the run was stopped before the target was probed", results[4].Failure!.Message);
        Assert.Equal(FailureReason.Auth, results[5].Failure?.Reason);
    }

    [Fact]
    public async Task A_stop_before_the_start_asks_nobody()
    {
        await using var silent = new SilentServer();
        var (results, _) = await ProbeAsync(
            [Jobs.Target("t", $"postgresql://u@127.0.0.1:{silent.Port}/x")],
            places: 2,
            stop: new(canceled: true)
        );

        Assert.Equal(FailureReason.Cancelled, Assert.Single(results).Failure?.Reason);
        Assert.Equal(0, silent.Connections);
    }

    [Fact]
    public async Task A_target_that_is_not_usable_fails_without_a_connection()
    {
        await using var server = await PostgresServer.StartAsync();
        var why = new ProbeFailure(FailureReason.Auth, "password_file \"/run/secrets/a\" does not exist");
        var well = Jobs.Target("well", server.ConnectionUri());

        var (results, _) = await ProbeAsync([well with { Target = null, Failure = why }, well], places: 1);

        Assert.Equal((why, TimeSpan.Zero, true), (results[0].Failure, results[0].Duration, results[0].IsMonitored));
        Assert.Null(results[1].Failure);
    }

    [Fact]
    public async Task No_targets_are_no_results() => Assert.Empty((await ProbeAsync([], places: 4)).Results);

    [Fact]
    public async Task A_bug_in_the_probe_of_one_target_is_the_failure_of_that_target_alone()
    {
        await using var server = await PostgresServer.StartAsync();
        var well = Jobs.Target("well", server.ConnectionUri());
        var targets = Enumerable.Repeat(well, 5).Append(Jobs.Target("bug", server.ConnectionUri(), sources: ["no such source"])).ToList();

        var (results, _) = await ProbeAsync(targets, places: 2);

        Assert.All(results[..5], result => Assert.Null(result.Failure));
        Assert.Equal(FailureReason.BadData, results[5].Failure?.Reason);
        Assert.Equal(
            "source no such source: unusable response from the server: InvalidOperationException, "
                + "The source no such source is not known, or has nothing to ask. "
                + "If psql can use this server, please report this as a bug",
            results[5].Failure?.Message
        );
    }

    [Fact]
    public async Task How_far_it_is_can_be_seen_from_outside()
    {
        await using var silent = new SilentServer();
        await using var server = await PostgresServer.StartAsync();
        using var stop = new CancellationTokenSource();
        var progress = new RunProgress(TimeProvider.System);
        var job = Jobs.Of(
            Jobs.Target("well", server.ConnectionUri()),
            Jobs.Target("silent", $"postgresql://u@127.0.0.1:{silent.Port}/x"),
            Jobs.Target("down", "postgresql://u@127.0.0.1:1/x")
        );

        var run = JobRun.ProbeAsync(job, TimeProvider.System, stop.Token, progress);
        await Wait.ForAsync("all but the silent one", () => progress.Now is { Stage: RunStage.Probing, Targets: 3, Done: 2, Failed: 1 });
        Assert.InRange(progress.Left, TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(20));
        await stop.CancelAsync();
        await run;
        Assert.Equal((3, 2), (progress.Now.Done, progress.Now.Failed));
    }

    static async Task<(ProbeResult[] Results, TimeSpan Elapsed)> ProbeAsync(
        IReadOnlyList<MonitoredTarget> targets,
        int places,
        double end = 120,
        CancellationToken stop = default
    )
    {
        var clock = Stopwatch.StartNew();
        var results = await new ConcurrentProbes(
            targets,
            places,
            new RunClock(TimeProvider.System),
            TimeSpan.FromSeconds(end),
            stop
        ).ProbeAsync();
        return (results, clock.Elapsed);
    }
}
