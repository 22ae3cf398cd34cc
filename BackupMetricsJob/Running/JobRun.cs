using BackupMetricsJob.Backups;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Exposition;
using BackupMetricsJob.Probing;
using BackupMetricsJob.Pushgateway;
using Prometheus;

namespace BackupMetricsJob.Running;

/// <summary>
/// One run: every target is probed, the results become metrics, the metrics are pushed once. It ends within the deadline, and on a stop
/// it pushes what it knows before it ends.
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

    /// <summary>Probes and pushes.</summary>
    public static async Task<RunReport> PushAsync(JobOptions options, BuildVersion build, TimeProvider time, CancellationToken stop)
    {
        var gateway = options.Gateway ?? throw new ArgumentException("nowhere to push to", nameof(options));
        var run = new JobRun(options, time, stop);
        var report = await run.DeliverAsync(gateway, await run.ProbeAllAsync(), build);
        return report with { Elapsed = run._clock.Elapsed };
    }

    /// <summary>Only probes.</summary>
    public static async Task<RunReport> ProbeAsync(JobOptions options, TimeProvider time, CancellationToken stop)
    {
        var run = new JobRun(options, time, stop);
        return new(await run.ProbeAllAsync(), run._clock.Elapsed);
    }

    /// <summary>Probes, and writes to <paramref name="text"/> what a push would carry.</summary>
    public static async Task<RunReport> WriteAsync(JobOptions options, BuildVersion build, TimeProvider time, Stream text, CancellationToken stop)
    {
        var run = new JobRun(options, time, stop);
        var results = await run.ProbeAllAsync();
        var registry = Metrics.NewCustomRegistry();
        var samples = BackupMetrics.Write(results, run.Facts(build, options.LegacyNames), registry);
        await registry.CollectAndExportAsTextAsync(text, CancellationToken.None);
        return new(results, run._clock.Elapsed) { Samples = samples };
    }

    async Task<IReadOnlyList<ProbeResult>> ProbeAllAsync()
    {
        var results = new ProbeResult[_options.Targets.Count];
        using var places = new SemaphoreSlim(Concurrency);
        await Task.WhenAll(_options.Targets.Select((target, i) => ProbeIntoAsync(i, target)));
        return InstanceResults.Of(results, _options.Targets);

        async Task ProbeIntoAsync(int i, MonitoredTarget target)
        {
            await places.WaitAsync(CancellationToken.None);
            try
            {
                var timeout = target.Target.Timeout;
                var left = ProbeEnd - _clock.Elapsed;
                results[i] = await DatabaseProbe.ProbeAsync(target.Target, target.Instance, target.Sources, left < timeout ? left : timeout, _clock, _stop);
            }
            finally
            {
                places.Release();
            }
        }
    }

    TimeSpan ProbeEnd => _options.Gateway is null ? _options.Deadline : _options.Deadline - (_options.Deadline < 2 * PushTime ? _options.Deadline / 2 : PushTime);

    async Task<RunReport> DeliverAsync(GatewayAddress gateway, IReadOnlyList<ProbeResult> results, BuildVersion build)
    {
        using var end = new CancellationTokenSource();
        using var stopped = _stop.Register(() => end.CancelAfter(GraceAfterStop));
        var (outcome, samples) = await PushAsync(gateway, results, Facts(build, _options.LegacyNames), end.Token);
        if (!_options.LegacyNames || !NamesLegacyFamily(outcome)) return new(results, default) { Push = outcome, Samples = samples };

        // Somebody else pushed one of these names with another type: their loss must not be ours.
        var refused = outcome.Words;
        (outcome, samples) = await PushAsync(gateway, results, Facts(build, legacyNames: false), end.Token);
        return new(results, default) { Push = outcome, Samples = samples, RefusedLegacyNames = refused };
    }

    async Task<(PushOutcome Outcome, int Samples)> PushAsync(GatewayAddress gateway, IReadOnlyList<ProbeResult> results, RunFacts facts, CancellationToken end)
    {
        var registry = Metrics.NewCustomRegistry();
        var samples = BackupMetrics.Write(results, facts, registry);
        var budget = new PushBudget(_options.Deadline - _clock.Elapsed, PushBudget.DefaultAttemptTimeout);
        return (await Push.SendAsync(registry, gateway, _options.Group, budget, _time, end), samples);
    }

    RunFacts Facts(BuildVersion build, bool legacyNames) => new(_clock.Start, _clock.Elapsed, Shards: 1, _options.Interval, build, legacyNames);

    static bool NamesLegacyFamily(PushOutcome outcome) =>
        outcome.Result == PushResult.Refused && (outcome.Mentions(MetricNames.PghoardAge.Name) || outcome.Mentions(MetricNames.WalgUpload.Name));
}
