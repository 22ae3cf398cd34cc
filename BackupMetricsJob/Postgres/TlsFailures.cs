using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Postgres;

/// <summary>Explains TLS failures from OpenSSL's messages. <see cref="CertificateCheck"/> explains our own refusals.</summary>
internal static class TlsFailures
{
    // A server's responses to a client certificate that is missing or not accepted. In TLS 1.3 they arrive with the first read after the
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

    /// <summary>Null if this exception, apart from its inner ones, is not about TLS.</summary>
    public static ProbeFailure? From(Exception exception)
    {
        if (exception is not (AuthenticationException or CryptographicException))
        {
            return exception is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException
                ? new(FailureReason.Tls, "cannot read a certificate: " + exception.Message)
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
                return new(FailureReason.Tls, $"the server rejected the client certificate ({words})");
        }

        return new(
            FailureReason.Tls,
            exception is AuthenticationException || words != last.Message.Trim()
                ? "TLS failed: " + words
                : "cannot read a certificate: " + words
        );
    }

    /// <summary>
    /// For a connection with a client certificate that ended before the login. In TLS 1.3 the server checks it after the client's handshake
    /// has succeeded (https://github.com/dotnet/runtime/issues/69315). If the client writes first, the server's alert is lost, and only the
    /// end of the connection is visible. Null for any other failure.
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
                    $"the server closed the connection after it received the client certificate, which it may not accept ({socket.Message})"
                );
        }

        return null;
    }
}
