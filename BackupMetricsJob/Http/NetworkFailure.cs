using System.Net.Http;
using System.Security.Authentication;

namespace BackupMetricsJob.Http;

/// <summary>Why there was no answer: the reason in one sentence, and whether the same request could fare better in a second.</summary>
internal static class NetworkFailure
{
    /// <summary>How an answer of TLS to a request that was not in TLS begins: an alert of SSL 3 to TLS 1.3.</summary>
    const string TlsAlert = "\u0015\u0003";

    /// <summary>
    /// A certificate that is not trusted will not be in a second, and a port does not change what it speaks. The other side cannot have
    /// understood a request then, either.
    /// </summary>
    public static bool IsFinal(Exception failure) =>
        failure.InnerException is AuthenticationException
        || AnsweredInTls(failure)
        || failure is HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse };

    /// <summary>.NET's outermost message often says only that there is another; it is left out then.</summary>
    public static string Reason(Exception failure)
    {
        if (AnsweredInTls(failure))
            return "it answers in TLS: its URL must begin with https://";
        var says = failure
            is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError }
            ? failure
            : failure.InnerException ?? failure;
        var reason = says.Message;
        for (var inner = says.InnerException; inner is not null; inner = inner.InnerException)
        {
            if (!reason.Contains(inner.Message, StringComparison.Ordinal))
                reason += ": " + inner.Message;
        }

        return PlainText.WithoutUserInfo(reason);
    }

    static bool AnsweredInTls(Exception failure) => failure.Message.Contains(TlsAlert, StringComparison.Ordinal);
}
