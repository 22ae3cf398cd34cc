using System.Runtime.ExceptionServices;

namespace BackupMetricsJob.Running;

/// <summary>Does several things at once, each on a thread of its own but the first, which has the caller's.</summary>
internal static class SideBySide
{
    /// <summary>Calls <paramref name="work"/> with 0 to <paramref name="count"/> - 1 and waits for all of them; an exception of one is the caller's.</summary>
    public static void Run(int count, Action<int> work)
    {
        if (count == 0) return;
        var threads = new Thread[count - 1];
        ExceptionDispatchInfo? bug = null;
        for (var i = 0; i < threads.Length; i++)
        {
            var index = i + 1;
            threads[i] = new(() => Do(index)) { IsBackground = true };
            threads[i].Start();
        }

        Do(0);
        foreach (var thread in threads) thread.Join();
        bug?.Throw();

        void Do(int index)
        {
            try
            {
                work(index);
            }
#pragma warning disable CA1031 // It is thrown again on the caller's thread.
            catch (Exception e)
#pragma warning restore CA1031
            {
                bug = ExceptionDispatchInfo.Capture(e);
            }
        }
    }
}
