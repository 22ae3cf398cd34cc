using BackupMetricsJob.Backups;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Exposition;
using BackupMetricsJob.Postgres;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Pushgateway.Api;
using Prometheus;

namespace BackupMetricsJob.Running;

/// <summary>
/// One run: every target is probed, the results become metrics, the metrics are pushed once. It ends within the deadline, and on a stop
/// it pushes what it knows before it ends.
/// </summary>
internal sealed class JobRun(JobOptions options, TimeProvider time, CancellationToken stop)
{
    /// <summary>What is kept of the deadline for the push, and what a stopped run may still take; Kubernetes kills after 30 s.</summary>
    static readonly TimeSpan PushTime = TimeSpan.FromSeconds(10);
    static readonly TimeSpan GraceAfterStop = TimeSpan.FromSeconds(9);

    readonly RunClock _clock = new(time);

    /// <summary>Waits for its moment if it is to be splayed, probes, and pushes.</summary>
    public static async Task<RunReport> PushAsync(
        JobOptions options,
        BuildVersion build,
        TimeProvider time,
        CancellationToken stop,
        RunProgress? progress = null
    )
    {
        if (options.Gateways.Count == 0)
            throw new ArgumentException("nowhere to push to", nameof(options));
        if (options.Splay > TimeSpan.Zero)
        {
            var wait = Splay.Delay(options.Splay, Environment.MachineName, options.Group);
            progress?.Enter(RunStage.Waiting, options.Targets.Count, wait);
            if (!await Splay.WaitAsync(wait, time, stop))
                return new([], TimeSpan.Zero) { IsStoppedBeforeStart = true };
        }

        var run = new JobRun(options, time, stop);
        return await run.DeliverAsync(await run.ProbeAllAsync(progress), build, progress);
    }

    /// <summary>Only probes.</summary>
    /// <param name="inspect">Whether to ask, too, what only people want to know of a connection.</param>
    /// <param name="build">Where the report must say what a push would have told of the run.</param>
    public static async Task<RunReport> ProbeAsync(
        JobOptions options,
        TimeProvider time,
        CancellationToken stop,
        RunProgress? progress = null,
        bool inspect = false,
        BuildVersion? build = null
    )
    {
        var run = new JobRun(options, time, stop);
        return new(await run.ProbeAllAsync(progress, inspect), run._clock.Elapsed)
        {
            Facts = build is null ? null : run.Facts(build, options.LegacyNames),
        };
    }

    /// <summary>Probes, and writes to <paramref name="text"/> what a push would carry.</summary>
    public static async Task<RunReport> WriteAsync(
        JobOptions options,
        BuildVersion build,
        TimeProvider time,
        Stream text,
        CancellationToken stop,
        RunProgress? progress = null
    )
    {
        var run = new JobRun(options, time, stop);
        var results = await run.ProbeAllAsync(progress);
        var registry = Metrics.NewCustomRegistry();
        var facts = run.Facts(build, options.LegacyNames);
        var samples = BackupMetrics.Write(results, facts, registry);
        await registry.CollectAndExportAsTextAsync(text, CancellationToken.None);
        return new(results, run._clock.Elapsed) { Samples = samples, Facts = facts };
    }

    async Task<IReadOnlyList<ProbeResult>> ProbeAllAsync(RunProgress? progress, bool inspect = false)
    {
        progress?.Enter(RunStage.Probing, options.Targets.Count, ProbeEnd);
        var fleet = new Fleet(options.Targets, options.Concurrency, _clock, ProbeEnd, stop) { Inspect = inspect, Progress = progress };
        return InstanceResults.Collect(await fleet.ProbeAsync(), options.Targets, options.NotProbedHere);
    }

    TimeSpan ProbeEnd =>
        options.Gateways.Count == 0
            ? options.Deadline
            : options.Deadline - (options.Deadline < 2 * PushTime ? options.Deadline / 2 : PushTime);

    async Task<RunReport> DeliverAsync(IReadOnlyList<ProbeResult> results, BuildVersion build, RunProgress? progress)
    {
        using var end = new CancellationTokenSource();
        using var stopped = stop.Register(() => end.CancelAfter(GraceAfterStop));
        progress?.Enter(RunStage.Pushing, options.Targets.Count, options.Deadline - _clock.Elapsed);
        var registry = Metrics.NewCustomRegistry();
        var facts = Facts(build, options.LegacyNames);
        var samples = BackupMetrics.Write(results, facts, registry);
        var pushes = await Task.WhenAll(options.Gateways.Select(gateway => DeliverAsync(gateway, registry, results, build, end.Token)));
        return new(results, _clock.Elapsed)
        {
            Pushes = pushes,
            Group = options.Group,
            Samples = samples,
            Facts = facts,
        };
    }

    async Task<GatewayReport> DeliverAsync(
        Gateway gateway,
        CollectorRegistry registry,
        IReadOnlyList<ProbeResult> results,
        BuildVersion build,
        CancellationToken end
    )
    {
        var outcome = await SendAsync(gateway, registry, end);
        if (!options.LegacyNames || !NamesLegacyFamily(outcome))
            return new(await WithAdviceAsync(outcome, gateway, end), null);

        // Somebody else pushed one of these names with another type: their loss must not be ours.
        var without = Metrics.NewCustomRegistry();
        BackupMetrics.Write(results, Facts(build, legacyNames: false), without);
        return new(await WithAdviceAsync(await SendAsync(gateway, without, end), gateway, end), outcome.Message);
    }

    Task<PushOutcome> SendAsync(Gateway gateway, CollectorRegistry registry, CancellationToken end) =>
        Pushgateway.Push.SendAsync(
            registry,
            gateway,
            options.Group,
            new PushBudget(options.Deadline - _clock.Elapsed, gateway.AttemptTimeout),
            time,
            end
        );

    async Task<PushOutcome> WithAdviceAsync(PushOutcome outcome, Gateway gateway, CancellationToken end) =>
        outcome.Result != PushResult.Refused
            ? outcome
            : outcome with
            {
                Advice = await ConflictFinder.AdviceAsync(outcome, gateway, options.Group, options.Deadline - _clock.Elapsed, time, end),
            };

    RunFacts Facts(BuildVersion build, bool legacyNames) =>
        new(_clock.Start, _clock.Elapsed, options.Shard?.Count ?? 1, options.Interval, build, legacyNames)
        {
            LastReloadSuccessful = options.LastReloadSuccessful,
        };

    static bool NamesLegacyFamily(PushOutcome outcome) =>
        outcome.Result == PushResult.Refused
        && (outcome.Mentions(MetricNames.PghoardAge.Name) || outcome.Mentions(MetricNames.WalgUpload.Name));
}
