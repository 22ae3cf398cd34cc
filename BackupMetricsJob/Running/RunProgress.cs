using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Running;

/// <summary>What a run is doing.</summary>
internal enum RunStage
{
    /// <summary>It waits for its moment, as --splay asks.</summary>
    Waiting,
    Probing,
    Pushing,
}

/// <summary>Where a run stands at one moment.</summary>
/// <param name="Stage">What it is doing.</param>
/// <param name="Targets">How many there are to probe.</param>
/// <param name="Done">How many of them have a result.</param>
/// <param name="Failed">How many of those failed.</param>
/// <param name="Ends">When what it is doing is over at the latest, by the clock's <see cref="RunClock.Elapsed"/>.</param>
internal sealed record RunState(RunStage Stage, int Targets, int Done, int Failed, TimeSpan Ends);

/// <summary>Tells whoever looks from another thread where a run stands, at any time and without waiting.</summary>
internal sealed class RunProgress(TimeProvider time)
{
    readonly Lock _gate = new();
    readonly RunClock _clock = new(time);
    volatile RunState _now = new(RunStage.Probing, 0, 0, 0, TimeSpan.Zero);

    public RunState Now => _now;

    /// <summary>How long what it is doing may still take.</summary>
    public TimeSpan Left => _now.Ends - _clock.Elapsed is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    /// <param name="most">How long it may take from now on.</param>
    public void Enter(RunStage stage, int targets, TimeSpan most) =>
        Change(now => now with { Stage = stage, Targets = targets, Ends = _clock.Elapsed + most });

    /// <summary>The stage will be over earlier than was thought.</summary>
    public void EndsWithin(TimeSpan most) => Change(now => now with { Ends = _clock.Elapsed + most });

    /// <summary>One more target has its result.</summary>
    public void Add(bool hasFailed) => Change(now => now with { Done = now.Done + 1, Failed = now.Failed + (hasFailed ? 1 : 0) });

    void Change(Func<RunState, RunState> change)
    {
        lock (_gate)
            _now = change(_now);
    }
}
