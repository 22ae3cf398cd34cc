namespace BackupMetricsJob.Postgres;

/// <summary>
/// Work that may block for long, like the look-up of a name whose resolver is silent, on a thread of its own: those of the pool are few,
/// and everybody else's work waits for them.
/// </summary>
internal static class DedicatedThread
{
    public static Task<T> RunAsync<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public static Task RunAsync(Action work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
