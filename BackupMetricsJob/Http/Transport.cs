using System.Net.Http;

namespace BackupMetricsJob.Http;

/// <summary>
/// Creates HTTP handlers. Redirects are reported, not followed: no method, body or credential reaches an unintended host. The proxy comes
/// from the environment, as usual in .NET.
/// </summary>
internal static class Transport
{
    /// <summary>
    /// Never reuses a connection, so a retry does not meet a dead replica or a closing connection again. <paramref name="connectTimeout"/>
    /// also ends a connection attempt that no request waits for any more: https://github.com/dotnet/runtime/pull/71785
    /// </summary>
    /// <param name="connected">Called with each new connection, before the first byte of a request; null for nothing.</param>
    public static HttpMessageHandler To(
        Uri url,
        ClientTls? tls,
        TimeSpan connectTimeout,
        Func<SocketsHttpPlaintextStreamFilterContext, CancellationToken, ValueTask<Stream>>? connected = null
    )
    {
        var sockets = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            PooledConnectionLifetime = TimeSpan.Zero,
            PlaintextStreamFilter = connected,
            ConnectTimeout = connectTimeout > TimeSpan.Zero ? connectTimeout : TimeSpan.FromSeconds(1),
        };
        return url.Scheme == Uri.UriSchemeHttps ? new TlsErrorHandler(sockets, tls) : sockets;
    }

    /// <summary>Connects as a request would, through a proxy and with TLS if configured, and then stops: no request is sent.</summary>
    /// <returns>Null, or why there was no connection.</returns>
    public static async Task<string?> TryAsync(Uri url, TimeSpan timeout, TimeProvider clock, CancellationToken cancellationToken)
    {
        var isConnected = false;
        using var client = new HttpClient(
            To(
                url,
                null,
                timeout,
                (_, _) =>
                {
                    isConnected = true;
                    throw new IOException("it is connected");
                }
            )
        )
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        using var request = new HttpRequestMessage(HttpMethod.Head, url);
        var failure = await TimedRequest.RunAsync(
            request,
            null,
            client.SendAsync,
            timeout,
            clock,
            (_, _) => Task.FromResult(""),
            (reason, words, _) => reason == RequestFailure.TimedOut ? $"no connection {words}" : words,
            cancellationToken
        );
        return isConnected ? null : failure;
    }
}
