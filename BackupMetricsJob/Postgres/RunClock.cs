namespace BackupMetricsJob.Postgres;

/// <summary>
/// The run's clock. Reads the wall clock once, at the start, and then follows the monotonic clock, so that a step of the wall clock during
/// a run has no effect.
/// </summary>
internal sealed class RunClock(TimeProvider provider)
{
    readonly long _started = provider.GetTimestamp();

    /// <summary>Creates timers.</summary>
    public TimeProvider Provider => provider;

    /// <summary>The start of the run.</summary>
    public DateTimeOffset Start { get; } = provider.GetUtcNow();

    public TimeSpan Elapsed => provider.GetElapsedTime(_started);

    public DateTimeOffset Now => Start + Elapsed;
}
