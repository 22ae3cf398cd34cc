namespace BackupMetricsJob.Pushgateway;

/// <summary>
/// The wait between attempts: a random part of 1 s, 2 s, 4 s, 8 s ("full jitter", which keeps a fleet out of step), plus what the gateway
/// asked for. <paramref name="random"/> returns 0 to 1.
/// </summary>
internal sealed class Backoff(Func<double> random)
{
    static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    static readonly TimeSpan Max = TimeSpan.FromSeconds(10);
    static readonly TimeSpan MinAttempt = TimeSpan.FromMilliseconds(100);

#pragma warning disable CA5394 // The jitter need not be unpredictable.
    public static Backoff FullJitter => new(Random.Shared.NextDouble);
#pragma warning restore CA5394

    /// <summary>
    /// Null if the requested wait and another attempt do not fit into the remaining time. The jitter takes at most half of the rest.
    /// </summary>
    public TimeSpan? NextDelay(int failures, TimeSpan? asked, TimeSpan remaining)
    {
        var rest = remaining - (asked ?? TimeSpan.Zero);
        if (rest < MinAttempt)
            return null;
        var ceiling = Math.Min(Math.Min(First.Ticks << (failures - 1), Max.Ticks), rest.Ticks / 2);
        return (asked ?? TimeSpan.Zero) + TimeSpan.FromTicks((long)(ceiling * random()));
    }
}
