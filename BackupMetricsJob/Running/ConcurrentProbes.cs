using System.Collections.Concurrent;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Postgres;
using BackupMetricsJob.Sources;

namespace BackupMetricsJob.Running;

/// <summary>
/// Probes every target, and has a result for each when the deadline ends. At most <paramref name="concurrency"/> targets are probed at
/// once. A target that does not respond within <see cref="SilenceLimit"/> gives its slot back and waits outside, so that unresponsive hosts
/// do not delay the others.
/// </summary>
/// <param name="targets">The targets.</param>
/// <param name="concurrency">How many targets to probe at once.</param>
/// <param name="clock">The run's clock.</param>
/// <param name="end">When every target must have a result, by the clock.</param>
/// <param name="cancellationToken">Stops all probes.</param>
internal sealed class ConcurrentProbes(
    IReadOnlyList<MonitoredTarget> targets,
    int concurrency,
    RunClock clock,
    TimeSpan end,
    CancellationToken cancellationToken
)
{
    /// <summary>How many unresponsive targets may wait outside the slots. Each is a connection.</summary>
    const int MaxWaiting = 256;

    /// <summary>
    /// How long an unresponsive target keeps its slot. A healthy server responds within milliseconds, a busy or distant one within tenths
    /// of a second.
    /// </summary>
    static readonly TimeSpan SilenceLimit = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// The addresses that responded during this run. A target at one of them keeps its slot; otherwise the number of connections to an
    /// overloaded server would keep growing.
    /// </summary>
    readonly ConcurrentDictionary<string, bool> _responsive = new(StringComparer.Ordinal);
    readonly ProbeResult[] _results = new ProbeResult[targets.Count];

    /// <summary>Whether to query connection details that only people need.</summary>
    public bool Inspect { get; init; }

    /// <summary>Receives the progress; null for none.</summary>
    public RunProgress? Progress { get; init; }

    /// <summary>The results, in the order of the targets.</summary>
    public async Task<ProbeResult[]> ProbeAsync()
    {
        using var slots = new SemaphoreSlim(concurrency);
        using var outside = new SemaphoreSlim(MaxWaiting);
        using var deadline = new CancellationTokenSource(Left, clock.Provider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var probes = new List<Task>(targets.Count);
        var lastEnd = TimeSpan.Zero;
        for (var i = 0; i < targets.Count; i++)
        {
            var (target, instance, _) = targets[i];
            if (target is not null)
                await slots.WaitAsync(linked.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (SkipReason(targets[i], deadline.IsCancellationRequested) is { } failure)
            {
                SetResult(i, DatabaseProbe.NotBegun(instance, failure, clock));
                continue;
            }

            var timeout = Left < target!.Timeout ? Left : target.Timeout;
            if (clock.Elapsed + timeout > lastEnd)
                lastEnd = clock.Elapsed + timeout;
#pragma warning disable CA2025 // All of them are waited for below.
            probes.Add(ProbeAsync(i, timeout, slots, outside));
#pragma warning restore CA2025
        }

        Progress?.EndsWithin(lastEnd - clock.Elapsed);
        await Task.WhenAll(probes);
        return _results;
    }

    TimeSpan Left => end > clock.Elapsed ? end - clock.Elapsed : TimeSpan.Zero;

    ProbeFailure? SkipReason(MonitoredTarget target, bool isPastDeadline) =>
        target.Failure
        ?? (
            cancellationToken.IsCancellationRequested ? new(FailureReason.Cancelled, "the run was stopped before the target was probed")
            : isPastDeadline || Left == TimeSpan.Zero ? new(FailureReason.Timeout, "not probed: --deadline left no time")
            : null
        );

    /// <summary>Probes one target, which holds a slot.</summary>
    async Task ProbeAsync(int index, TimeSpan timeout, SemaphoreSlim slots, SemaphoreSlim outside)
    {
        var (target, instance, settings) = targets[index];
        var response = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        DatabaseProbe? probe = null;
        probe = new(
            target!,
            instance,
            settings,
            timeout,
            clock,
            () =>
            {
                _responsive.TryAdd(probe!.Peer, true);
                response.TrySetResult();
            }
        )
        {
            Inspect = Inspect,
        };
        var result = probe.RunAsync(cancellationToken);
        var isOutside = await WaitsOutsideAsync(probe, Task.WhenAny(result, response.Task), outside);
        if (isOutside)
            slots.Release();
        SetResult(index, await result);
        (isOutside ? outside : slots).Release();
    }

    /// <summary>Whether it waits outside: it has not responded, and there is room outside.</summary>
    async Task<bool> WaitsOutsideAsync(DatabaseProbe probe, Task response, SemaphoreSlim outside)
    {
        while (true)
        {
            await response.WaitAsync(SilenceLimit, clock.Provider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (response.IsCompleted)
                return false;
            if (!_responsive.ContainsKey(probe.Peer) && await outside.WaitAsync(TimeSpan.Zero))
                return true;
        }
    }

    void SetResult(int index, ProbeResult result)
    {
        _results[index] = result;
        Progress?.Add(result.Failure is not null);
    }
}
