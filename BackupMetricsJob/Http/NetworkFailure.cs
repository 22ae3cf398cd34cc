using System.Net.Http;
using System.Security.Authentication;

namespace BackupMetricsJob.Http;

/// <summary>Why there was no response, in one sentence, and whether a retry may help.</summary>
internal static class NetworkFailure
{
    /// <summary>The start of a TLS alert (SSL 3 to TLS 1.3), which a server sends in reply to plain text.</summary>
    const string TlsAlert = "\u0015\u0003";

    /// <summary>
    /// A retry cannot help: the certificate is not trusted, or the port speaks another protocol. The server cannot have understood the
    /// request either.
    /// </summary>
    public static bool IsFinal(Exception failure) =>
        failure.InnerException is AuthenticationException
        || AnsweredInTls(failure)
        || failure is HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse };

    /// <summary>Skips .NET's outermost message, which often only refers to the inner one.</summary>
    public static string Reason(Exception failure)
    {
        if (AnsweredInTls(failure))
            return "the server expects TLS: the URL must begin with https://";
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
