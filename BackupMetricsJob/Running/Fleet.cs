using System.Collections.Concurrent;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Postgres;
using BackupMetricsJob.Sources;

namespace BackupMetricsJob.Running;

/// <summary>
/// Probes every target of a run, and has a result for each of them when the run's time for it ends. At most so many as there are places
/// are probed
/// at once; a target that has heard nothing for a moment gives its place back and is waited for aside, so that a hundred silent hosts
/// hold up nobody.
/// </summary>
/// <param name="targets">Whom to probe.</param>
/// <param name="places">How many at once.</param>
/// <param name="clock">The run's clock.</param>
/// <param name="end">When all must have a result, by the clock.</param>
/// <param name="stop">Ends all of it at once.</param>
internal sealed class Fleet(IReadOnlyList<MonitoredTarget> targets, int places, RunClock clock, TimeSpan end, CancellationToken stop)
{
    /// <summary>How many may be waited for beside those that have a place: each is a connection.</summary>
    const int MaxWaiting = 256;

    /// <summary>
    /// How long the silent keep a place. A server that is well says its first word within a few milliseconds, one that is busy or far
    /// away within tenths of a second.
    /// </summary>
    static readonly TimeSpan SilenceLimit = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// The addresses that have answered anybody in this run. Whoever waits for one of these keeps its place: or else ever more
    /// connections would be made to
    /// a server that cannot keep up with those that it has.
    /// </summary>
    readonly ConcurrentDictionary<string, bool> _answered = new(StringComparer.Ordinal);
    readonly ProbeResult[] _results = new ProbeResult[targets.Count];

    /// <summary>Whether to ask what only people want to know of a connection.</summary>
    public bool Inspect { get; init; }

    /// <summary>Is told how far it has come; null where nobody looks.</summary>
    public RunProgress? Progress { get; init; }

    /// <summary>A result for each target, in their order.</summary>
    public async Task<ProbeResult[]> ProbeAsync()
    {
        using var room = new SemaphoreSlim(places);
        using var aside = new SemaphoreSlim(MaxWaiting);
        using var over = new CancellationTokenSource(Left, clock.Provider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, stop);
        var probes = new List<Task>(targets.Count);
        var lastEnd = TimeSpan.Zero;
        for (var i = 0; i < targets.Count; i++)
        {
            var (target, instance, _) = targets[i];
            if (target is not null)
                await room.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (SkipReason(targets[i], over.IsCancellationRequested) is { } failure)
            {
                SetResult(i, DatabaseProbe.NotBegun(instance, failure, clock));
                continue;
            }

            var timeout = Left < target!.Timeout ? Left : target.Timeout;
            if (clock.Elapsed + timeout > lastEnd)
                lastEnd = clock.Elapsed + timeout;
#pragma warning disable CA2025 // All of them are waited for below.
            probes.Add(ProbeAsync(i, timeout, room, aside));
#pragma warning restore CA2025
        }

        Progress?.EndsWithin(lastEnd - clock.Elapsed);
        await Task.WhenAll(probes);
        return _results;
    }

    TimeSpan Left => end > clock.Elapsed ? end - clock.Elapsed : TimeSpan.Zero;

    ProbeFailure? SkipReason(MonitoredTarget target, bool isOver) =>
        target.Unusable
        ?? (
            stop.IsCancellationRequested ? new(FailureReason.Cancelled, "the run was stopped before the target was asked")
            : isOver || Left == TimeSpan.Zero ? new(FailureReason.Timeout, "not asked: --deadline left no time for it")
            : null
        );

    /// <summary>One target, which has a place.</summary>
    async Task ProbeAsync(int index, TimeSpan timeout, SemaphoreSlim room, SemaphoreSlim aside)
    {
        var (target, instance, settings) = targets[index];
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        DatabaseProbe? probe = null;
        probe = new(
            target!,
            instance,
            settings,
            timeout,
            clock,
            () =>
            {
                _answered.TryAdd(probe!.Peer, true);
                answer.TrySetResult();
            }
        )
        {
            Inspect = Inspect,
        };
        var result = probe.RunAsync(stop);
        var isAside = await StepsAsideAsync(probe, Task.WhenAny(result, answer.Task), aside);
        if (isAside)
            room.Release();
        SetResult(index, await result);
        (isAside ? aside : room).Release();
    }

    /// <summary>Whether it waits aside, which it does when it has heard nothing and there is room for it there.</summary>
    async Task<bool> StepsAsideAsync(DatabaseProbe probe, Task word, SemaphoreSlim aside)
    {
        while (true)
        {
            await word.WaitAsync(SilenceLimit, clock.Provider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (word.IsCompleted)
                return false;
            if (!_answered.ContainsKey(probe.Peer) && await aside.WaitAsync(TimeSpan.Zero))
                return true;
        }
    }

    void SetResult(int index, ProbeResult result)
    {
        _results[index] = result;
        Progress?.Add(result.Failure is not null);
    }
}
