using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Postgres;

/// <summary>
/// Tells what went wrong in TLS, as far as OpenSSL's own words say it. What we refuse ourselves <see cref="CertificateCheck"/> tells.
/// </summary>
internal static class TlsFailures
{
    // What a server answers when it has looked at a client's certificate, or missed it; in TLS 1.3 that comes with the first read after the
    // handshake.
    static readonly string[] AboutOurs =
    [
        "unknown ca",
        "bad certificate",
        "certificate required",
        "certificate unknown",
        "unsupported certificate",
        "certificate revoked",
        "certificate expired",
        "decrypt error",
    ];

    /// <summary>Null where this exception, its inner ones aside, is not about TLS.</summary>
    public static ProbeFailure? From(Exception exception)
    {
        if (exception is not (AuthenticationException or CryptographicException))
        {
            return exception is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException
                ? new(FailureReason.Tls, "a certificate cannot be read: " + exception.Message)
                : null;
        }

        var last = exception;
        while (last.InnerException is { } inner)
            last = inner;
        var words = last.Message.Trim();
        if (words.LastIndexOf("::", StringComparison.Ordinal) is >= 0 and var at && words.StartsWith("error:", StringComparison.Ordinal))
            words = words[(at + 2)..];
        foreach (var alert in AboutOurs)
        {
            if (words.EndsWith("alert " + alert, StringComparison.Ordinal))
                return new(FailureReason.Tls, $"the server does not take our certificate ({words})");
        }

        return new(
            FailureReason.Tls,
            exception is AuthenticationException || words != last.Message.Trim()
                ? "TLS failed: " + words
                : "a certificate cannot be read: " + words
        );
    }

    /// <summary>
    /// For a connection with a certificate of ours that ended before the login. In TLS 1.3 a server looks at it after we think that all is
    /// well; its alert is lost where we happen to write first, and only the end of the connection is seen. Null where it is something else.
    /// </summary>
    public static ProbeFailure? FromLostRefusal(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (
                e is SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.Shutdown } socket
                && exception.Message.Contains("stream", StringComparison.Ordinal)
            )
                return new(
                    FailureReason.Tls,
                    $"the server ended the connection when it had our certificate, which it may not take ({socket.Message})"
                );
        }

        return null;
    }
}
