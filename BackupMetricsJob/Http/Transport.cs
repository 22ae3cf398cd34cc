using System.Net.Http;

namespace BackupMetricsJob.Http;

/// <summary>
/// The way to a server. Redirects are reported, not followed: no method, body or credential goes where nobody sent it. A proxy is
/// taken from the environment, as .NET does.
/// </summary>
internal static class Transport
{
    /// <summary>
    /// No connection serves twice: a dead replica or a connection that is just being closed is not met again by the next attempt. One that
    /// is still being made ends after <paramref name="connectTimeout"/>, also where nobody waits for it any more.
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
