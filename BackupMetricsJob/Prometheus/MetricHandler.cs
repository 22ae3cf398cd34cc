namespace Prometheus;

/// <summary>
/// Runs an export in the background. It is started once: a second Start, or one after the stop, is an InvalidOperationException. It may be
/// stopped any number of times; each stop waits for the end, and throws what the background threw unless that was a cancellation.
/// </summary>
public abstract class MetricHandler : IMetricServer, IDisposable
{
    CancellationTokenSource? _stopping = new();
    Task? _running;

    protected MetricHandler()
    {
    }

    public IMetricServer Start()
    {
        if (_running is not null)
            throw new InvalidOperationException("The metric server has been started already.");

        if (_stopping is not { } stopping)
            throw new InvalidOperationException("The metric server has been stopped: make a new one to start it again.");

        _running = StartServer(stopping.Token);
        return this;
    }

    public async Task StopAsync()
    {
        using var stopping = Interlocked.Exchange(ref _stopping, null);
        if (stopping is not null)
            await stopping.CancelAsync();

        try
        {
            if (_running is not null)
                await _running;
        }
        catch (OperationCanceledException)
        {
            // That is how a server may end when it is told to.
        }
    }

    public void Stop() => StopAsync().GetAwaiter().GetResult();

    public void Dispose() => Stop();

    protected abstract Task StartServer(CancellationToken cancel);
}
