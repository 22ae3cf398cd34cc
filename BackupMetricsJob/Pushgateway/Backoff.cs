namespace BackupMetricsJob.Pushgateway;

/// <summary>
/// How long to wait between attempts: a random part of 1 s, 2 s, 4 s, 8 s ("full jitter", so that a fleet does not come back in step), on
/// top of what the gateway asked for. <paramref name="random"/> gives 0 (at once) to 1.
/// </summary>
internal sealed class Backoff(Func<double> random)
{
    static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    static readonly TimeSpan Max = TimeSpan.FromSeconds(10);
    static readonly TimeSpan MinAttempt = TimeSpan.FromMilliseconds(100);

#pragma warning disable CA5394 // The jitter is no secret.
    public static Backoff FullJitter => new(Random.Shared.NextDouble);
#pragma warning restore CA5394

    /// <summary>
    /// Null where the wait that was asked for, and an attempt after it, do not fit into what remains. Jitter takes half of the rest at
    /// most.
    /// </summary>
    public TimeSpan? Wait(int failures, TimeSpan? asked, TimeSpan remaining)
    {
        var rest = remaining - (asked ?? TimeSpan.Zero);
        if (rest < MinAttempt)
            return null;
        var ceiling = Math.Min(Math.Min(First.Ticks << (failures - 1), Max.Ticks), rest.Ticks / 2);
        return (asked ?? TimeSpan.Zero) + TimeSpan.FromTicks((long)(ceiling * random()));
    }
}
