namespace BackupMetricsJob.Probing;

/// <summary>The run's clock: read once when the run starts, and from then on carried by the monotonic one, so that a step of the wall clock in the middle of a run changes nothing.</summary>
internal sealed class RunClock
{
    readonly TimeProvider _provider;
    readonly long _started;

    public RunClock(TimeProvider provider)
    {
        _provider = provider;
        _started = provider.GetTimestamp();
        Start = provider.GetUtcNow();
    }

    /// <summary>When the run started.</summary>
    public DateTimeOffset Start { get; }

    public TimeSpan Elapsed => _provider.GetElapsedTime(_started);

    public DateTimeOffset Now => Start + Elapsed;
}
