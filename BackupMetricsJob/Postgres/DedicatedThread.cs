namespace BackupMetricsJob.Postgres;

/// <summary>
/// Runs work that may block for long, such as resolving a name, on a thread of its own. Blocked threads of the thread pool would delay all
/// other work.
/// </summary>
internal static class DedicatedThread
{
    public static Task<T> RunAsync<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public static Task RunAsync(Action work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
