using BackupMetricsJob.Configuration;
using BackupMetricsJob.Pushgateway;

namespace BackupMetricsJob.Running;

/// <summary>
/// Spreads the start of jobs that a clock starts simultaneously. The delay is always the same for a machine and group, so that intervals
/// stay even.
/// </summary>
internal static class Splay
{
    static readonly TimeSpan LongestDelay = TimeSpan.FromDays(1); // a timer does not take more than 49

    /// <summary>A delay from 0 to <paramref name="max"/>.</summary>
    public static TimeSpan Delay(TimeSpan max, string machine, GroupingKey group)
    {
        // Mix the hash: for short names its high bits are nearly equal.
        var hash = JumpHash.Fnv1a(machine + "\n" + group.ToPath());
        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdUL;
        hash ^= hash >> 33;
        return max * ((hash >> 11) / (double)(1UL << 53));
    }

    /// <summary>False if it was cancelled.</summary>
    public static async Task<bool> WaitAsync(TimeSpan time, TimeProvider clock, CancellationToken cancellationToken)
    {
        for (var left = time; left > TimeSpan.Zero && !cancellationToken.IsCancellationRequested; left -= LongestDelay)
            await Task.Delay(left < LongestDelay ? left : LongestDelay, clock, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !cancellationToken.IsCancellationRequested;
    }
}
