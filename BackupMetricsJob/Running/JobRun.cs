using BackupMetricsJob.Backups;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Exposition;
using BackupMetricsJob.Postgres;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Pushgateway.Api;
using Prometheus;

namespace BackupMetricsJob.Running;

/// <summary>
/// One run: probes every target, converts the results to metrics and pushes them once. It ends within the deadline. When stopped, it pushes
/// what it knows.
/// </summary>
internal sealed class JobRun(JobOptions options, TimeProvider time, CancellationToken cancellationToken)
{
    /// <summary>The part of the deadline reserved for the push.</summary>
    static readonly TimeSpan PushTime = TimeSpan.FromSeconds(10);
    static readonly TimeSpan GraceAfterStop = TimeSpan.FromSeconds(9);

    readonly RunClock _clock = new(time);

    /// <summary>When the push must end. The last call to a heartbeat comes after the push.</summary>
    TimeSpan PushEnd => options.Deadline - options.HeartbeatTimeout;

    TimeSpan ProbeEnd =>
        options is { Gateways.Count: 0, Textfile: null } ? PushEnd : PushEnd - (PushEnd < 2 * PushTime ? PushEnd / 2 : PushTime);

    /// <summary>Waits for the splay, probes and pushes.</summary>
    /// <param name="before">Awaited between the splay and the probes, such as an import. The deadline does not hold for it.</param>
    public static async Task<RunReport> RunAsync(
        JobOptions options,
        BuildVersion build,
        TimeProvider time,
        CancellationToken cancellationToken,
        RunProgress? progress = null,
        Func<Task>? before = null
    )
    {
        if (options is { Gateways.Count: 0, Textfile: null })
            throw new ArgumentException("neither a gateway nor a textfile is configured", nameof(options));
        if (options.Splay > TimeSpan.Zero)
        {
            var wait = Splay.Delay(options.Splay, Environment.MachineName, options.Group);
            progress?.Enter(RunStage.Waiting, options.Targets.Count, wait);
            if (!await Splay.WaitAsync(wait, time, cancellationToken))
                return new([], TimeSpan.Zero) { IsStoppedBeforeStart = true };
        }

        if (before is not null)
            await before();
        var run = new JobRun(options, time, cancellationToken);
        return await run.DeliverAsync(await run.ProbeAllAsync(progress), build, progress);
    }

    /// <summary>Probes without pushing.</summary>
    /// <param name="inspect">Whether to query connection details that only people need.</param>
    /// <param name="build">Set if the report must contain the facts about the run.</param>
    public static async Task<RunReport> ProbeAsync(
        JobOptions options,
        TimeProvider time,
        CancellationToken cancellationToken,
        RunProgress? progress = null,
        bool inspect = false,
        BuildVersion? build = null
    )
    {
        var run = new JobRun(options, time, cancellationToken);
        return new(await run.ProbeAllAsync(progress, inspect), run._clock.Elapsed)
        {
            Facts = build is null ? null : run.Facts(build, options.LegacyNames),
        };
    }

    /// <summary>Probes, and writes to <paramref name="text"/> what a push would contain.</summary>
    public static async Task<RunReport> DryRunAsync(
        JobOptions options,
        BuildVersion build,
        TimeProvider time,
        Stream text,
        CancellationToken cancellationToken,
        RunProgress? progress = null
    )
    {
        var run = new JobRun(options, time, cancellationToken);
        var results = await run.ProbeAllAsync(progress);
        var registry = Metrics.NewCustomRegistry();
        var facts = run.Facts(build, options.LegacyNames);
        BackupMetrics.Write(results, facts, registry);
        await registry.CollectAndExportAsTextAsync(text, CancellationToken.None);
        return new(results, run._clock.Elapsed) { Facts = facts };
    }

    async Task<IReadOnlyList<ProbeResult>> ProbeAllAsync(RunProgress? progress, bool inspect = false)
    {
        progress?.Enter(RunStage.Probing, options.Targets.Count, ProbeEnd);
        var probes = new ConcurrentProbes(options.Targets, options.Concurrency, _clock, ProbeEnd, cancellationToken)
        {
            Inspect = inspect,
            Progress = progress,
        };
        return InstanceResults.Collect(await probes.ProbeAsync(), options.Targets, options.OtherInstances);
    }

    async Task<RunReport> DeliverAsync(IReadOnlyList<ProbeResult> results, BuildVersion build, RunProgress? progress)
    {
        using var end = new CancellationTokenSource();
        using var stopped = cancellationToken.Register(() =>
            end.CancelAfter(options.Heartbeat is null ? GraceAfterStop : GraceAfterStop - HeartbeatCalls.WhenStopped)
        );
        progress?.Enter(RunStage.Pushing, options.Targets.Count, PushEnd - _clock.Elapsed);
        var registry = Metrics.NewCustomRegistry();
        var facts = Facts(build, options.LegacyNames);
        var samples = BackupMetrics.Write(results, facts, registry);
        // In parallel with the push, so that neither waits for the other's failure.
        var writing = options.Textfile is { } path
            ? Textfile.WriteAsync(path, results, facts, options.Group, PushEnd - _clock.Elapsed, time)
            : null;
        var pushes = await Task.WhenAll(
            options.Gateways.Select(gateway => PushToAsync(gateway, registry, samples, results, build, end.Token))
        );
        return new(results, _clock.Elapsed)
        {
            Pushes = pushes,
            Textfile = writing is null ? null : await writing,
            Group = options.Group,
            Facts = facts,
        };
    }

    async Task<GatewayReport> PushToAsync(
        Gateway gateway,
        CollectorRegistry registry,
        int samples,
        IReadOnlyList<ProbeResult> results,
        BuildVersion build,
        CancellationToken end
    )
    {
        var outcome = await SendAsync(gateway, registry, end);
        if (!options.LegacyNames || !MayBeAboutLegacyFamily(outcome))
            return new(await WithAdviceAsync(outcome, gateway, end), null) { Samples = samples };

        // Another job pushed one of these names with another type. Do not lose everything else over it.
        var without = Metrics.NewCustomRegistry();
        var fewer = BackupMetrics.Write(results, Facts(build, legacyNames: false), without);
        var second = await WithAdviceAsync(await SendAsync(gateway, without, end), gateway, end);
        var isAboutThem = second.Arrived || !outcome.ReasonIsUnknown;
        return new(second, isAboutThem ? outcome.Message : null) { Samples = fewer };
    }

    async Task<PushOutcome> SendAsync(Gateway gateway, CollectorRegistry registry, CancellationToken end)
    {
        var budget = new PushBudget(PushEnd - _clock.Elapsed, gateway.AttemptTimeout);
        var outcome = await Push.SendAsync(registry, gateway, options.Group, budget, time, end);
        return await UnansweredRefusal.FindAsync(outcome, gateway, options.Group, PushEnd - _clock.Elapsed, time, end);
    }

    async Task<PushOutcome> WithAdviceAsync(PushOutcome outcome, Gateway gateway, CancellationToken end) =>
        outcome.Result != PushResult.Refused || outcome.ReasonIsUnknown
            ? outcome
            : outcome with
            {
                Advice = await ConflictFinder.AdviceAsync(outcome, gateway, options.Group, PushEnd - _clock.Elapsed, time, end),
            };

    RunFacts Facts(BuildVersion build, bool legacyNames) =>
        new(_clock.Start, _clock.Elapsed, options.Shard?.Count ?? 1, options.Interval, build, legacyNames)
        {
            LastReloadSuccessful = options.LastReloadSuccessful,
        };

    static bool MayBeAboutLegacyFamily(PushOutcome outcome) =>
        outcome.Result == PushResult.Refused
        && (
            outcome.ReasonIsUnknown
            || outcome.Mentions(LegacyMetricNames.PghoardAge.Name)
            || outcome.Mentions(LegacyMetricNames.WalgUpload.Name)
        );
}
