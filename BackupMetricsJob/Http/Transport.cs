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
    public static HttpMessageHandler To(Uri url, ClientTls? tls, TimeSpan connectTimeout)
    {
        var sockets = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            PooledConnectionLifetime = TimeSpan.Zero,
            ConnectTimeout = connectTimeout > TimeSpan.Zero ? connectTimeout : TimeSpan.FromSeconds(1),
        };
        return url.Scheme == Uri.UriSchemeHttps ? new TlsErrorHandler(sockets, tls) : sockets;
    }
}
