using System.Diagnostics;

namespace BackupMetricsJob.Tests.Support;

/// <summary>Waits for a condition of the outside world by asking again until a deadline. The only place of the tests that pauses.</summary>
internal static class Wait
{
    /// <summary>For what hangs. What is only slow, on a busy machine, is not to fail.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    /// <summary>
    /// Returns as soon as <paramref name="condition"/> holds; throws <see cref="TimeoutException"/> with
    /// <paramref name="description"/> and <paramref name="state"/> when it never does.
    /// </summary>
    public static async Task ForAsync(string description, Func<Task<bool>> condition, TimeSpan? deadline = null, Func<string>? state = null)
    {
        var limit = deadline ?? Deadline;
        var start = Stopwatch.GetTimestamp();
        var pause = 5;
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(start) > limit)
                throw new TimeoutException(
                    $"Waited {limit.TotalSeconds:0.#} s in vain for: {description}.{(state is null ? "" : "\n" + state())}"
                );
            await Task.Delay(pause);
            pause = Math.Min(pause * 2, 50);
        }
    }

    public static Task ForAsync(string description, Func<bool> condition, TimeSpan? deadline = null, Func<string>? state = null) =>
        ForAsync(description, () => Task.FromResult(condition()), deadline, state);
}
