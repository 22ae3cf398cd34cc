using System.Net;
using System.Net.Sockets;
using System.Text;

namespace BackupMetricsJob.Tests.Support;

/// <summary>
/// A server on a free port of 127.0.0.1 that answers as soon as it has heard the first words of a request, and then hears out whatever else
/// is sent.
/// </summary>
internal sealed class HastyGateway : IAsyncDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _end = new();
    readonly byte[] _answer;
    readonly Task _serving;
    long _received;

    public HastyGateway(string answer)
    {
        _answer = Encoding.UTF8.GetBytes(answer);
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Url => $"http://{_listener.LocalEndpoint}";

    /// <summary>How many bytes of requests it has read.</summary>
    public long Received => Interlocked.Read(ref _received);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _serving;
        _listener.Dispose();
        _end.Dispose();
    }

    async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var connection = await _listener.AcceptSocketAsync(_end.Token);
                await ServeAsync(connection);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException) { }
    }

    async Task ServeAsync(Socket connection)
    {
        try
        {
            var buffer = new byte[4096];
            Interlocked.Add(ref _received, await connection.ReceiveAsync(buffer, _end.Token));
            await connection.SendAsync(_answer, _end.Token);
            connection.Shutdown(SocketShutdown.Send);
            for (var read = 1; read > 0; )
                Interlocked.Add(ref _received, read = await connection.ReceiveAsync(buffer, _end.Token));
        }
        catch (SocketException)
        {
            // The client was faster.
        }
    }
}
