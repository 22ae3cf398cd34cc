using BackupMetricsJob.Backups;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Exposition;
using BackupMetricsJob.Probing;
using BackupMetricsJob.Pushgateway;
using Prometheus;

namespace BackupMetricsJob.Running;

/// <summary>
/// One run: every target is probed, the results become metrics, the metrics are pushed once. It ends within the deadline, and on a stop
/// it pushes what it knows before it ends. It blocks its caller: a short-lived process has nothing else to do, and every asynchronous
/// method must be compiled when it is first awaited, which costs more time than the work.
/// </summary>
internal sealed class JobRun
{
    /// <summary>What is kept of the deadline for the push, and what a stopped run may still take; Kubernetes kills after 30 s.</summary>
    static readonly TimeSpan PushTime = TimeSpan.FromSeconds(10);
    static readonly TimeSpan GraceAfterStop = TimeSpan.FromSeconds(9);

    readonly JobOptions _options;
    readonly TimeProvider _time;
    readonly RunClock _clock;
    readonly CancellationToken _stop;

    JobRun(JobOptions options, TimeProvider time, CancellationToken stop)
    {
        _options = options;
        _time = time;
        _clock = new RunClock(time);
        _stop = stop;
    }

    /// <summary>Waits for its moment if it is to be splayed, probes, and pushes.</summary>
    public static RunReport Push(JobOptions options, BuildVersion build, TimeProvider time, CancellationToken stop, RunProgress? progress = null)
    {
        if (options.Gateways.Count == 0) throw new ArgumentException("nowhere to push to", nameof(options));
        if (options.Splay > TimeSpan.Zero)
        {
            var wait = Splay.Of(options.Splay, Environment.MachineName, options.Group);
            progress?.Enter(RunStage.Waiting, options.Targets.Count, wait);
            if (!Splay.Wait(wait, time, stop)) return new([], TimeSpan.Zero) { IsStoppedBeforeStart = true };
        }

        var run = new JobRun(options, time, stop);
        return run.Deliver(run.ProbeAll(progress), build, progress);
    }

    /// <summary>Only probes.</summary>
    /// <param name="inspect">Whether to ask, too, what only people want to know of a connection.</param>
    /// <param name="build">Where the report must say what a push would have told of the run.</param>
    public static RunReport Probe(JobOptions options, TimeProvider time, CancellationToken stop, RunProgress? progress = null, bool inspect = false, BuildVersion? build = null)
    {
        var run = new JobRun(options, time, stop);
        return new(run.ProbeAll(progress, inspect), run._clock.Elapsed) { Facts = build is null ? null : run.Facts(build, options.LegacyNames) };
    }

    /// <summary>Probes, and writes to <paramref name="text"/> what a push would carry.</summary>
    public static RunReport Write(JobOptions options, BuildVersion build, TimeProvider time, Stream text, CancellationToken stop, RunProgress? progress = null)
    {
        var run = new JobRun(options, time, stop);
        var results = run.ProbeAll(progress);
        var registry = Metrics.NewCustomRegistry();
        var facts = run.Facts(build, options.LegacyNames);
        var samples = BackupMetrics.Write(results, facts, registry);
        registry.CollectAndExportAsTextAsync(text, CancellationToken.None).GetAwaiter().GetResult();
        return new(results, run._clock.Elapsed) { Samples = samples, Facts = facts };
    }

    IReadOnlyList<ProbeResult> ProbeAll(RunProgress? progress, bool inspect = false)
    {
        progress?.Enter(RunStage.Probing, _options.Targets.Count, ProbeEnd);
        var fleet = new Fleet(_options.Targets, _options.Concurrency, _clock, ProbeEnd, _stop) { Inspect = inspect, Progress = progress };
        return InstanceResults.Of(fleet.Probe(), _options.Targets, _options.Elsewhere);
    }

    TimeSpan ProbeEnd => _options.Gateways.Count == 0 ? _options.Deadline : _options.Deadline - (_options.Deadline < 2 * PushTime ? _options.Deadline / 2 : PushTime);

    RunReport Deliver(IReadOnlyList<ProbeResult> results, BuildVersion build, RunProgress? progress)
    {
        using var end = new CancellationTokenSource();
        using var stopped = _stop.Register(() => end.CancelAfter(GraceAfterStop));
        progress?.Enter(RunStage.Pushing, _options.Targets.Count, _options.Deadline - _clock.Elapsed);
        var registry = Metrics.NewCustomRegistry();
        var facts = Facts(build, _options.LegacyNames);
        var samples = BackupMetrics.Write(results, facts, registry);
        var pushes = new GatewayReport[_options.Gateways.Count];
        SideBySide.Run(pushes.Length, i => pushes[i] = Deliver(_options.Gateways[i], registry, results, build, end.Token));
        return new(results, _clock.Elapsed) { Pushes = pushes, Samples = samples, Facts = facts };
    }

    GatewayReport Deliver(Gateway gateway, CollectorRegistry registry, IReadOnlyList<ProbeResult> results, BuildVersion build, CancellationToken end)
    {
        var outcome = Send(gateway, registry, end);
        if (!_options.LegacyNames || !NamesLegacyFamily(outcome)) return new(Advised(outcome, gateway, end), null);

        // Somebody else pushed one of these names with another type: their loss must not be ours.
        var without = Metrics.NewCustomRegistry();
        BackupMetrics.Write(results, Facts(build, legacyNames: false), without);
        return new(Advised(Send(gateway, without, end), gateway, end), outcome.Words);
    }

    PushOutcome Send(Gateway gateway, CollectorRegistry registry, CancellationToken end) =>
        Pushgateway.Push.SendAsync(registry, gateway, _options.Group, new PushBudget(_options.Deadline - _clock.Elapsed, gateway.AttemptTimeout), _time, end).GetAwaiter().GetResult();

    PushOutcome Advised(PushOutcome outcome, Gateway gateway, CancellationToken end) => outcome.Result != PushResult.Refused
        ? outcome
        : outcome with { Advice = Culprit.AdviceAsync(outcome, gateway, _options.Group, _options.Deadline - _clock.Elapsed, _time, end).GetAwaiter().GetResult() };

    RunFacts Facts(BuildVersion build, bool legacyNames) => new(_clock.Start, _clock.Elapsed, _options.Shard?.Count ?? 1, _options.Interval, build, legacyNames) { LastReloadSuccessful = _options.LastReloadSuccessful };

    static bool NamesLegacyFamily(PushOutcome outcome) =>
        outcome.Result == PushResult.Refused && (outcome.Mentions(MetricNames.PghoardAge.Name) || outcome.Mentions(MetricNames.WalgUpload.Name));
}
