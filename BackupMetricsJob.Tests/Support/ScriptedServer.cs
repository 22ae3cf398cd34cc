using System.Net;
using System.Net.Sockets;

namespace BackupMetricsJob.Tests.Support;

/// <summary>
/// Something on a port that is no PostgreSQL: it says its lines, one whenever the client has said something, the first at once if it is a
/// greeting, and hangs up.
/// </summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _end = new();
    readonly Task _serving;

    public ScriptedServer(bool greets, params byte[][] lines)
    {
        _listener.Start();
        _serving = ServeAsync(greets, lines);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _serving;
        _listener.Dispose();
        _end.Dispose();
    }

    async Task ServeAsync(bool greets, byte[][] lines)
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                using var client = await _listener.AcceptSocketAsync(_end.Token);
                var heard = new byte[10_000];
                for (var i = 0; i < lines.Length; i++)
                {
                    if (i > 0 || !greets)
                        await client.ReceiveAsync(heard, _end.Token);
                    await client.SendAsync(lines[i], _end.Token);
                }
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // The client, or the test, is gone.
            }
        }
    }
}
