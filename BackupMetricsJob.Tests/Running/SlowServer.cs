using System.Net;
using System.Net.Sockets;

namespace BackupMetricsJob.Tests.Running;

/// <summary>A stand-in for an overloaded PostgreSQL: it refuses its first client at once and every other one late, as too busy.</summary>
internal sealed class SlowServer : IAsyncDisposable
{
    // ErrorResponse: severity FATAL, SQLSTATE 53300, a message.
    static readonly byte[] TooMany = [(byte)'E', 0, 0, 0, 25, .. "SFATAL\0C53300\0Mfull\0\0"u8];

    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _end = new();
    readonly Task _serving;
    readonly TimeSpan _late;
    int _now;
    int _most;

    public SlowServer(TimeSpan late)
    {
        _late = late;
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The maximum number of open connections.</summary>
    public int MostAtOnce => Volatile.Read(ref _most);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _serving;
        _listener.Dispose();
        _end.Dispose();
    }

    async Task ServeAsync()
    {
        var answering = new List<Task>();
        try
        {
            for (var isFirst = true; ; isFirst = false)
                answering.Add(AnswerAsync(await _listener.AcceptSocketAsync(_end.Token), isFirst));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(answering);
        }
    }

    async Task AnswerAsync(Socket client, bool isFirst)
    {
        using var closed = client;
        _most = Math.Max(_most, Interlocked.Increment(ref _now));
        try
        {
            await client.ReceiveAsync(new byte[1000], _end.Token);
            using var timer = new PeriodicTimer(isFirst ? TimeSpan.FromMilliseconds(1) : _late);
            await timer.WaitForNextTickAsync(_end.Token);
            Interlocked.Decrement(ref _now);
            await client.SendAsync(TooMany, _end.Token);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // The client, or the test, is gone.
        }
    }
}
