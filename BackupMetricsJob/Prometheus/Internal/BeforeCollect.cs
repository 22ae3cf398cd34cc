using System.Diagnostics;

namespace Prometheus.Internal;

/// <summary>
/// The callbacks that run before an export: first the synchronous ones in the order they were added, then the others side by side.
/// ScrapeFailedException ends it; any other exception goes to Trace, and the rest still runs.
/// </summary>
internal sealed class BeforeCollect
{
    readonly List<Action> _callbacks = [];
    readonly List<Func<CancellationToken, Task>> _asyncCallbacks = [];

    public void Add(Action callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        lock (_callbacks)
            _callbacks.Add(callback);
    }

    public void Add(Func<CancellationToken, Task> callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        lock (_asyncCallbacks)
            _asyncCallbacks.Add(callback);
    }

    public async Task RunAsync(CancellationToken cancel)
    {
        foreach (var callback in Copy(_callbacks))
            Run(callback);

        var asyncCallbacks = Copy(_asyncCallbacks);
        if (asyncCallbacks.Length > 0)
            await Task.WhenAll(Array.ConvertAll(asyncCallbacks, callback => RunAsync(callback, cancel)));
    }

    static T[] Copy<T>(List<T> callbacks)
        where T : class
    {
        lock (callbacks)
            return [.. callbacks];
    }

    static void Run(Action callback)
    {
        try
        {
            callback();
        }
        catch (Exception problem) when (problem is not ScrapeFailedException)
        {
            Report(problem);
        }
    }

    static async Task RunAsync(Func<CancellationToken, Task> callback, CancellationToken cancel)
    {
        try
        {
            await callback(cancel);
        }
        catch (Exception problem) when (problem is not ScrapeFailedException)
        {
            Report(problem);
        }
    }

    static void Report(Exception problem) => Trace.WriteLine($"A before-collect callback failed: {problem}");
}
