namespace BackupMetricsJob.Postgres;

/// <summary>
/// The run's clock: read once when the run starts, and from then on carried by the monotonic one, so that a step of the wall clock in the
/// middle of a run changes nothing.
/// </summary>
internal sealed class RunClock(TimeProvider provider)
{
    readonly long _started = provider.GetTimestamp();

    /// <summary>What its timers are made by.</summary>
    public TimeProvider Provider => provider;

    /// <summary>When the run started.</summary>
    public DateTimeOffset Start { get; } = provider.GetUtcNow();

    public TimeSpan Elapsed => provider.GetElapsedTime(_started);

    public DateTimeOffset Now => Start + Elapsed;
}
