using BackupMetricsJob.Configuration;
using BackupMetricsJob.Pushgateway;

namespace BackupMetricsJob.Running;

/// <summary>
/// Spreads the starts of jobs that a clock starts all at once: a job waits for a part of the splay that is always the same for its machine
/// and group, so that it still runs at even intervals.
/// </summary>
internal static class Splay
{
    static readonly TimeSpan LongestDelay = TimeSpan.FromDays(1); // a timer does not take more than 49

    /// <summary>From nothing up to all of <paramref name="most"/>.</summary>
    public static TimeSpan Delay(TimeSpan most, string machine, GroupingKey group)
    {
        // The mix is since its high bits alone differ little between short names.
        var hash = JumpHash.Fnv1a(machine + "\n" + group.ToPath());
        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdUL;
        hash ^= hash >> 33;
        return most * ((hash >> 11) / (double)(1UL << 53));
    }

    /// <summary>False if it was stopped before the time was over.</summary>
    public static async Task<bool> WaitAsync(TimeSpan time, TimeProvider clock, CancellationToken stop)
    {
        for (var left = time; left > TimeSpan.Zero && !stop.IsCancellationRequested; left -= LongestDelay)
            await Task.Delay(left < LongestDelay ? left : LongestDelay, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !stop.IsCancellationRequested;
    }
}
