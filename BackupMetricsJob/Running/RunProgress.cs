using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Running;

/// <summary>What a run is doing.</summary>
internal enum RunStage
{
    /// <summary>Waiting for --splay.</summary>
    Waiting,

    /// <summary>Doing what precedes the probes, such as importing lists.</summary>
    Importing,
    Probing,
    Pushing,
}

/// <summary>A snapshot of a run's progress.</summary>
/// <param name="Stage">The current stage.</param>
/// <param name="Targets">The number of targets.</param>
/// <param name="Done">How many of them have a result.</param>
/// <param name="Failed">How many of those failed.</param>
/// <param name="Ends">When the current stage ends at the latest, by the clock's <see cref="RunClock.Elapsed"/>.</param>
internal sealed record RunState(RunStage Stage, int Targets, int Done, int Failed, TimeSpan Ends);

/// <summary>Shares a run's progress with other threads, without blocking.</summary>
internal sealed class RunProgress(TimeProvider time)
{
    readonly Lock _gate = new();
    readonly RunClock _clock = new(time);
    volatile RunState _now = new(RunStage.Probing, 0, 0, 0, TimeSpan.Zero);

    public RunState Now => _now;

    /// <summary>The time left for the current stage.</summary>
    public TimeSpan Left => _now.Ends - _clock.Elapsed is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    /// <param name="max">How long the stage may take from now on.</param>
    public void Enter(RunStage stage, int targets, TimeSpan max) =>
        Change(now => now with { Stage = stage, Targets = targets, Ends = _clock.Elapsed + max });

    /// <summary>The stage will end earlier than expected.</summary>
    public void EndsWithin(TimeSpan max) => Change(now => now with { Ends = _clock.Elapsed + max });

    /// <summary>Another target has its result.</summary>
    public void Add(bool hasFailed) => Change(now => now with { Done = now.Done + 1, Failed = now.Failed + (hasFailed ? 1 : 0) });

    void Change(Func<RunState, RunState> change)
    {
        lock (_gate)
            _now = change(_now);
    }
}
