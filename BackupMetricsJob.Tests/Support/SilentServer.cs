using System.Net;
using System.Net.Sockets;

namespace BackupMetricsJob.Tests.Support;

/// <summary>What a <see cref="SilentServer"/> does with a connection.</summary>
internal enum Silence
{
    /// <summary>Accepts and never says a word.</summary>
    Hang,

    /// <summary>Accepts and closes at once.</summary>
    Close,

    /// <summary>Resets the connection (RST) when the client has said its first word.</summary>
    Reset,
}

/// <summary>A TCP server on a free port of 127.0.0.1 that never answers: for deadlines and broken connections.</summary>
internal sealed class SilentServer : IAsyncDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly List<Socket> _open = [];
    readonly TaskCompletionSource _firstConnection = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Silence _silence;
    readonly Task _accepting;
    int _connections;

    public SilentServer(Silence silence = Silence.Hang)
    {
        _silence = silence;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public static string Host => "127.0.0.1";

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many connections were accepted so far.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Completes when the first client is there.</summary>
    public Task FirstConnection => _firstConnection.Task;

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        foreach (var socket in _open)
            socket.Dispose();
        _listener.Dispose();
    }

    async Task AcceptAsync()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptSocketAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return; // stopped
            }

            Interlocked.Increment(ref _connections);
            switch (_silence)
            {
                case Silence.Hang:
                    _open.Add(socket);
                    break;
                case Silence.Close:
                    socket.Close();
                    break;
                case Silence.Reset:
                    _open.Add(socket);
                    _ = ResetAfterFirstWordAsync(socket);
                    break;
            }

            _firstConnection.TrySetResult();
        }
    }

    static async Task ResetAfterFirstWordAsync(Socket socket)
    {
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        try
        {
            await socket.ReceiveAsync(new byte[1]);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The client, or the test, was faster.
        }

        socket.Dispose();
    }
}
