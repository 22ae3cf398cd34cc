using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace BackupMetricsJob.Tests.Support;

/// <summary>What came over the wire in one request. Header names are lower case.</summary>
internal sealed record ReceivedRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);
}

/// <summary>What the stub does with a request that it has read; the connection is closed after it.</summary>
internal delegate Task StubReply(Socket connection, CancellationToken end);

/// <summary>
/// A gateway that does what it is told: a raw socket on 127.0.0.1 with a script of replies, one a request, the last one again and again.
/// </summary>
internal sealed class StubPushgateway : IAsyncDisposable
{
    readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    readonly CancellationTokenSource _end = new();
    readonly ConcurrentQueue<ReceivedRequest> _requests = new();
    readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly StubReply[] _script;
    readonly Task _serving;
    int _accepted;
    int _connections;

    public StubPushgateway(params StubReply[] script)
    {
        _script = script;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Url = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}";
        _serving = ServeAsync();
    }

    public string Url { get; }

    public IReadOnlyList<ReceivedRequest> Requests => [.. _requests];

    /// <summary>How many connections there were, with or without a request.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Ends when the first request has been read.</summary>
    public Task FirstRequest => _first.Task;

    public static StubReply Status(int status, string body = "", params string[] headers) =>
        async (connection, end) =>
        {
            var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} Stub\r\n");
            foreach (var header in headers)
                text.Append(header).Append("\r\n");
            text.Append(CultureInfo.InvariantCulture, $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n").Append(body);
            await connection.SendAsync(Encoding.UTF8.GetBytes(text.ToString()), end);
        };

    /// <summary>The bytes, and then the end of the connection.</summary>
    public static StubReply Raw(string text) => async (connection, end) => await connection.SendAsync(Encoding.UTF8.GetBytes(text), end);

    /// <summary>The bytes, and then nothing, for ever.</summary>
    public static StubReply Hang(string before = "") =>
        async (connection, end) =>
        {
            await connection.SendAsync(Encoding.UTF8.GetBytes(before), end);
            await Task.Delay(Timeout.Infinite, end);
        };

    /// <summary>One byte of the text every so often.</summary>
    public static StubReply Drip(string text, TimeSpan every) =>
        async (connection, end) =>
        {
            foreach (var one in Encoding.UTF8.GetBytes(text))
            {
                await connection.SendAsync(new[] { one }, end);
                await Task.Delay(every, end);
            }
        };

    /// <summary>RST instead of an answer.</summary>
    public static StubReply Reset() =>
        (connection, _) =>
        {
            connection.LingerState = new LingerOption(true, 0);
            return Task.CompletedTask;
        };

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _serving;
        _end.Dispose();
    }

    async Task ServeAsync()
    {
        var answering = new List<Task>();
        try
        {
            while (true)
                answering.Add(AnswerAsync(await _listener.AcceptAsync(_end.Token)));
        }
        catch (Exception failure) when (failure is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(answering);
        }
    }

    async Task AnswerAsync(Socket connection)
    {
        using var closed = connection;
        Interlocked.Increment(ref _connections);
        try
        {
            if (await ReadAsync(connection) is not { } request)
                return;
            _requests.Enqueue(request);
            var reply = _script[Math.Min(Interlocked.Increment(ref _accepted), _script.Length) - 1];
            _first.TrySetResult();
            await ReplyAsync(reply, connection);
        }
        catch (Exception failure) when (failure is OperationCanceledException or SocketException) { }
    }

    /// <summary>A client that goes away ends the reply, so that none outlives its connection.</summary>
    async Task ReplyAsync(StubReply reply, Socket connection)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        var replying = reply(connection, end.Token);
        var leaving = connection.ReceiveAsync(new byte[1], end.Token).AsTask();
        await Task.WhenAny(replying, leaving);
        await end.CancelAsync();
        foreach (var task in new[] { replying, leaving })
            await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (connection.LingerState is not { Enabled: true, LingerTime: 0 })
            connection.Shutdown(SocketShutdown.Both);
    }

    /// <summary>Null where it is no HTTP.</summary>
    async Task<ReceivedRequest?> ReadAsync(Socket connection)
    {
        await using var stream = new BufferedStream(new NetworkStream(connection));
        var line = await ReadLineAsync(stream);
        if (line.Split(' ') is not [var method, var path, _])
            return null;
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        while ((line = await ReadLineAsync(stream)).Length > 0)
        {
            if (line.IndexOf(':', StringComparison.Ordinal) is not (> 0 and var colon))
                return null;
            headers[line[..colon].ToLowerInvariant()] = line[(colon + 1)..].Trim();
        }

        var body = new byte[headers.TryGetValue("content-length", out var length) ? int.Parse(length, CultureInfo.InvariantCulture) : 0];
        await stream.ReadExactlyAsync(body, _end.Token);
        return new ReceivedRequest(method, path, headers, body);
    }

    async Task<string> ReadLineAsync(Stream stream)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (await stream.ReadAsync(one, _end.Token) == 1 && one[0] != '\n')
            line.Append((char)one[0]);
        return line.ToString().TrimEnd('\r');
    }
}
