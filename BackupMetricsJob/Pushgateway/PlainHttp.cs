using System.Globalization;
using System.Net.Http;
using System.Net.Sockets;
using System.Text;

namespace BackupMetricsJob.Pushgateway;

/// <summary>
/// One HTTP/1.1 request over one TCP connection that is closed after it, for http:// without a proxy. .NET's own handler can do a hundred
/// things more, and loading it costs a short-lived process more than all else that a push does; TLS and proxies are left to it.
/// Failures are told as that one tells them: HttpRequestException, OperationCanceledException.
/// </summary>
internal sealed class PlainHttp : HttpMessageHandler
{
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var url = request.RequestUri ?? throw new ArgumentException("a request without a URL", nameof(request));
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var cut = cancellationToken.UnsafeRegister(static socket => ((Socket)socket!).Dispose(), socket);
        try
        {
            Connect(socket, url);
            using var stream = new NetworkStream(socket);
            stream.Write(Head(request, url));
            var answer = request.Content is ExpositionBody.Content { IsLong: true } body ? ExchangeLong(body, socket, stream, cancellationToken) : Exchange(request.Content, stream, cancellationToken);
            answer.RequestMessage = request;
            return answer;
        }
        catch (Exception failure) when (cancellationToken.IsCancellationRequested && failure is SocketException or IOException or ObjectDisposedException or HttpRequestException)
        {
            throw new OperationCanceledException("the request was cut off", failure, cancellationToken);
        }
        catch (IOException failure)
        {
            throw new HttpRequestException(HttpRequestError.Unknown, failure.InnerException?.Message ?? failure.Message, failure);
        }
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Only Send: this handler blocks.");

    static HttpResponseMessage Exchange(HttpContent? content, Stream stream, CancellationToken cancellationToken)
    {
        content?.CopyTo(stream, null, cancellationToken);
        return PlainHttpAnswer.Read(stream);
    }

    /// <summary>
    /// Where the caller expects that it may be sent away. It is not asked for leave to send, which takes a way there and back: it is listened to meanwhile.
    /// </summary>
    static HttpResponseMessage ExchangeLong(HttpContent content, Socket socket, Stream stream, CancellationToken cancellationToken)
    {
        using var watchful = new WatchfulSending(socket, stream);
        try
        {
            content.CopyTo(watchful, null, cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or HttpRequestException && !cancellationToken.IsCancellationRequested)
        {
            var early = EarlyAnswer(stream);
            if (early is { IsSuccessStatusCode: false }) return early;
            early?.Dispose();
            throw;
        }

        return PlainHttpAnswer.Read(stream);
    }

    /// <summary>What the other side said before it closed the connection, if it said anything.</summary>
    static HttpResponseMessage? EarlyAnswer(Stream stream)
    {
        try
        {
            return PlainHttpAnswer.Read(stream);
        }
        catch (Exception failure) when (failure is IOException or HttpRequestException)
        {
            return null;
        }
    }

    static void Connect(Socket socket, Uri url)
    {
        try
        {
            socket.Connect(url.IdnHost, url.Port);
        }
        catch (SocketException failure)
        {
            var kind = failure.SocketErrorCode is SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData or SocketError.NoRecovery
                ? HttpRequestError.NameResolutionError
                : HttpRequestError.ConnectionError;

            // What Connect throws names the address in its own way; this one says the reason alone.
            var reason = new SocketException((int)failure.SocketErrorCode);
            throw new HttpRequestException(kind, $"{reason.Message} ({url.IdnHost}:{url.Port})", reason);
        }
    }

    internal static byte[] Head(HttpRequestMessage request, Uri url)
    {
        var host = url.HostNameType == UriHostNameType.IPv6 ? $"[{url.IdnHost}]" : url.IdnHost;
        var head = new StringBuilder()
            .Append(request.Method.Method).Append(' ').Append(url.PathAndQuery).Append(" HTTP/1.1\r\nHost: ").Append(host);
        if (!url.IsDefaultPort) head.Append(':').Append(url.Port.ToString(CultureInfo.InvariantCulture));
        head.Append("\r\nConnection: close\r\n");
        if (request.Headers.Authorization is { } authorization) head.Append("Authorization: ").Append(authorization).Append("\r\n");
        if (request.Content is { } content)
        {
            var length = content.Headers.ContentLength ?? throw new ArgumentException("a body of unknown length", nameof(request));
            head.Append("Content-Length: ").Append(length.ToString(CultureInfo.InvariantCulture)).Append("\r\n");
            if (content is ExpositionBody.Content { IsGzip: true }) head.Append("Content-Encoding: gzip\r\n");
            if (ExpositionBody.TypeOf(content) is { } type) head.Append("Content-Type: ").Append(type).Append("\r\n");
        }

        return Encoding.ASCII.GetBytes(head.Append("\r\n").ToString());
    }
}
