using System.Net;
using System.Net.Sockets;

namespace BackupMetricsJob.Tests.Support;

/// <summary>What a relay does with one connection; <paramref name="connect"/> makes the one to the server.</summary>
internal delegate Task RelayStep(Socket client, Func<Task<Socket>> connect, CancellationToken end);

/// <summary>
/// Stands between a client and a real server on 127.0.0.1 and does to each connection what its script says, the last step again and again:
/// so a server's own answers are lost, late or cut at a known moment.
/// </summary>
internal sealed class Relay : IAsyncDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _end = new();
    readonly RelayStep[] _script;
    readonly int _port;
    readonly Task _serving;
    int _connections;

    public Relay(int port, params RelayStep[] script)
    {
        _port = port;
        _script = script;
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Url => $"http://{_listener.LocalEndpoint}";

    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Both ways, to the end.</summary>
    public static RelayStep Forward { get; } =
        async (client, connect, end) =>
        {
            using var server = await connect();
            await Task.WhenAll(PumpAsync(client, server, long.MaxValue, end), AnswerAsync());

            async Task AnswerAsync()
            {
                await PumpAsync(server, client, long.MaxValue, end);
                client.Shutdown(SocketShutdown.Send);
            }
        };

    /// <summary>The request arrives, the server answers, and the answer is lost with the connection.</summary>
    public static RelayStep LoseAnswer { get; } =
        async (client, connect, end) =>
        {
            await HearAnswerAsync(client, connect, end);
            client.LingerState = new(true, 0);
        };

    /// <summary>The request arrives, the server answers, and the client never hears of it.</summary>
    public static RelayStep HoldAnswer { get; } =
        async (client, connect, end) =>
        {
            await HearAnswerAsync(client, connect, end);
            await Task.Delay(Timeout.Infinite, end);
        };

    /// <summary>That many bytes of the request arrive.</summary>
    public static RelayStep CutRequest(int bytes) =>
        async (client, connect, end) =>
        {
            using var server = await connect();
            await PumpAsync(client, server, bytes, end);
            client.LingerState = new(true, 0);
        };

    /// <summary>Something happens first, when the client has connected.</summary>
    public static RelayStep After(Func<Task> happening, RelayStep then) =>
        async (client, connect, end) =>
        {
            await happening();
            await then(client, connect, end);
        };

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _serving;
        _listener.Dispose();
        _end.Dispose();
    }

    static async Task HearAnswerAsync(Socket client, Func<Task<Socket>> connect, CancellationToken end)
    {
        using var server = await connect();
        using var heard = CancellationTokenSource.CreateLinkedTokenSource(end);
        await Task.WhenAll(PumpAsync(client, server, long.MaxValue, heard.Token), HearAsync());

        async Task HearAsync()
        {
            await server.ReceiveAsync(new byte[1], end);
            await heard.CancelAsync();
        }
    }

    static async Task PumpAsync(Socket from, Socket to, long bytes, CancellationToken end)
    {
        try
        {
            var buffer = new byte[64 * 1024];
            while (bytes > 0 && await from.ReceiveAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, bytes)), end) is > 0 and var read)
            {
                await to.SendAsync(buffer.AsMemory(0, read), end);
                bytes -= read;
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // One of the two has gone, which is what this is about.
        }
    }

    async Task ServeAsync()
    {
        var all = new List<Task>();
        try
        {
            while (true)
                all.Add(ServeAsync(await _listener.AcceptSocketAsync(_end.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(all);
        }
    }

    async Task ServeAsync(Socket client)
    {
        using var closed = client;
        var step = _script[Math.Min(Interlocked.Increment(ref _connections), _script.Length) - 1];
        try
        {
            await step(client, ConnectAsync, _end.Token);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The client sees the end of its connection.
        }
    }

    async Task<Socket> ConnectAsync()
    {
        var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _port, _end.Token);
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }
}
