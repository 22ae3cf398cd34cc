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

    const int Concurrency = 16;

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

    /// <summary>
    /// Starts, on another thread, to load what the probes will need, while the command line is being read. A short-lived process spends most of
    /// its time on loading code; two threads shorten that where there are two processors. Its end is not waited for.
    /// </summary>
    public static void Rehearse() =>
        Task.Factory.StartNew(NpgsqlConnector.Rehearse, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Probes and pushes.</summary>
    public static RunReport Push(JobOptions options, BuildVersion build, TimeProvider time, CancellationToken stop)
    {
        if (options.Gateways.Count == 0) throw new ArgumentException("nowhere to push to", nameof(options));
        var run = new JobRun(options, time, stop);
        return run.Deliver(run.ProbeAll(), build);
    }

    /// <summary>Only probes.</summary>
    public static RunReport Probe(JobOptions options, TimeProvider time, CancellationToken stop)
    {
        var run = new JobRun(options, time, stop);
        return new(run.ProbeAll(), run._clock.Elapsed);
    }

    /// <summary>Probes, and writes to <paramref name="text"/> what a push would carry.</summary>
    public static RunReport Write(JobOptions options, BuildVersion build, TimeProvider time, Stream text, CancellationToken stop)
    {
        var run = new JobRun(options, time, stop);
        var results = run.ProbeAll();
        var registry = Metrics.NewCustomRegistry();
        var samples = BackupMetrics.Write(results, run.Facts(build, options.LegacyNames), registry);
        registry.CollectAndExportAsTextAsync(text, CancellationToken.None).GetAwaiter().GetResult();
        return new(results, run._clock.Elapsed) { Samples = samples };
    }

    /// <summary>At most <see cref="Concurrency"/> targets at once; this thread is one of those that probe.</summary>
    IReadOnlyList<ProbeResult> ProbeAll()
    {
        var results = new ProbeResult[_options.Targets.Count];
        var next = -1;
        var helpers = new Task[Math.Min(Concurrency, results.Length) - 1];
        for (var i = 0; i < helpers.Length; i++)
            helpers[i] = Task.Factory.StartNew(ProbeSome, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        ProbeSome();
        Task.WaitAll(helpers, CancellationToken.None);
        return InstanceResults.Of(results, _options.Targets);

        void ProbeSome()
        {
            for (var i = Interlocked.Increment(ref next); i < results.Length; i = Interlocked.Increment(ref next))
            {
                var (target, instance, sources) = _options.Targets[i];
                var left = ProbeEnd - _clock.Elapsed;
                results[i] = DatabaseProbe.Probe(target!, instance, sources, left < target!.Timeout ? left : target.Timeout, _clock, _stop);
            }
        }
    }

    TimeSpan ProbeEnd => _options.Gateways.Count == 0 ? _options.Deadline : _options.Deadline - (_options.Deadline < 2 * PushTime ? _options.Deadline / 2 : PushTime);

    RunReport Deliver(IReadOnlyList<ProbeResult> results, BuildVersion build)
    {
        using var end = new CancellationTokenSource();
        using var stopped = _stop.Register(() => end.CancelAfter(GraceAfterStop));
        var registry = Metrics.NewCustomRegistry();
        var samples = BackupMetrics.Write(results, Facts(build, _options.LegacyNames), registry);
        var pushes = new GatewayReport[_options.Gateways.Count];
        for (var i = 0; i < pushes.Length; i++) pushes[i] = Deliver(_options.Gateways[i], registry, results, build, end.Token);
        return new(results, _clock.Elapsed) { Pushes = pushes, Samples = samples };
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
        Pushgateway.Push.Send(registry, gateway, _options.Group, new PushBudget(_options.Deadline - _clock.Elapsed, gateway.AttemptTimeout), _time, end);

    PushOutcome Advised(PushOutcome outcome, Gateway gateway, CancellationToken end) => outcome.Result != PushResult.Refused
        ? outcome
        : outcome with { Advice = Culprit.Advice(outcome, gateway, _options.Group, _options.Deadline - _clock.Elapsed, _time, end) };

    RunFacts Facts(BuildVersion build, bool legacyNames) => new(_clock.Start, _clock.Elapsed, Shards: 1, _options.Interval, build, legacyNames);

    static bool NamesLegacyFamily(PushOutcome outcome) =>
        outcome.Result == PushResult.Refused && (outcome.Mentions(MetricNames.PghoardAge.Name) || outcome.Mentions(MetricNames.WalgUpload.Name));
}
