using System.Net.Http;

namespace BackupMetricsJob.Pushgateway;

/// <summary>
/// The way to a gateway. Redirects are reported, not followed: no method, body or credential goes where nobody sent it. What a short-lived
/// process does not need is not started. A proxy is taken from the environment, as .NET does.
/// </summary>
internal static class Transport
{
    /// <summary>Our own handler where it will do, else .NET's.</summary>
    public static HttpMessageHandler To(Uri url, GatewayTls? tls, PushBudget budget) =>
        url.Scheme == Uri.UriSchemeHttp && !MayHaveProxy() ? new PlainHttp() : Full(url, tls, budget);

    /// <summary>.NET's, which can speak TLS and use a proxy.</summary>
    public static HttpMessageHandler Full(Uri url, GatewayTls? tls, PushBudget budget)
    {
#pragma warning disable CA2000 // The dialogue disposes of it.
        var sockets = Sockets(budget);
#pragma warning restore CA2000
        return url.Scheme == Uri.UriSchemeHttps ? new TlsDialogue(sockets, tls) : sockets;
    }

    // http_proxy and all_proxy, in either case, are what .NET looks at for http:// URLs on Unix.
    static bool MayHaveProxy()
    {
        foreach (var name in (string[])["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])
        {
            if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name))) return true;
        }

        return false;
    }

    /// <summary>
    /// No connection serves twice: a dead replica or a connection that is just being closed is not met again by the next attempt. One that
    /// is still being made ends with the budget, also where nobody waits for it any more.
    /// </summary>
    static SocketsHttpHandler Sockets(PushBudget budget) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
        PooledConnectionLifetime = TimeSpan.Zero,
        ConnectTimeout = budget.Deadline > TimeSpan.Zero ? budget.Deadline : TimeSpan.FromSeconds(1),
    };
}
