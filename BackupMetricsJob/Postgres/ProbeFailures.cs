using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using BackupMetricsJob.Backups;
using Npgsql;

namespace BackupMetricsJob.Postgres;

/// <summary>
/// Classifies Npgsql's exceptions. The messages are those of the server or the system; none contains a secret. Npgsql has no error codes
/// for its own failures, hence the matching of messages: https://github.com/npgsql/npgsql/issues/1072
/// </summary>
internal static class ProbeFailures
{
    // .NET's messages for a TLS handshake without a TLS response.
    static readonly string[] NoTls = ["unexpected EOF", "Cannot determine the frame size"];

    // Npgsql 10's messages for a server that is not PostgreSQL.
    static readonly string[] NoPostgres =
    [
        "Received unknown response",
        "Additional unencrypted data",
        "Unknown message code",
        "Received backend message",
    ];

    /// <summary>
    /// The failure behind <paramref name="exception"/>; null if it is not one that a database can cause within the protocol.
    /// </summary>
    public static ProbeFailure? From(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e is PostgresException postgres)
                return PostgresFailures.From(postgres);
            if (e is BadDataException)
                return new(FailureReason.BadData, e.Message);
            if (e is SocketException socket)
                return new(OfSocket(socket.SocketErrorCode), OneLine(exception.Message, socket.Message));
            if (e is IOException or AuthenticationException && NoTls.Any(words => e.Message.Contains(words, StringComparison.Ordinal)))
                return new(FailureReason.Network, "the server does not speak TLS, or the connection ended during the handshake");
            if (TlsFailures.From(e) is { } tls)
                return tls;
            if (e is TimeoutException)
                return new(FailureReason.Timeout, OneLine(exception.Message, null));
        }

        if (exception is NpgsqlException && exception.Message.StartsWith("SSL connection requested", StringComparison.Ordinal))
            return new(FailureReason.Tls, "the server does not support TLS, which sslmode requires");
        if (exception is NpgsqlException && NoPostgres.Any(words => exception.Message.StartsWith(words, StringComparison.Ordinal)))
            return new(FailureReason.Network, "the server does not speak the PostgreSQL protocol: " + exception.Message);
        return exception is NpgsqlException or IOException
            ? new(OfMessage(exception.Message), OneLine(exception.Message, exception.InnerException?.Message))
            : null;
    }

    /// <summary>
    /// The failure behind an unexpected exception. Npgsql trusts what it reads, so a server of another kind or a corrupt stream can cause
    /// any exception. The message asks for a bug report only if that is unlikely.
    /// </summary>
    public static ProbeFailure Unexpected(Exception exception, FailureReason reason)
    {
        if (exception is NotSupportedException && exception.Message.StartsWith("Authentication", StringComparison.Ordinal))
            return new(FailureReason.Auth, "the server requests an unsupported authentication method: " + exception.Message);
        var kind = exception switch
        {
            OutOfMemoryException => "it announces more data than fits into memory",
            FormatException or DecoderFallbackException => "a text or a number in it is invalid",
            ArgumentOutOfRangeException or IndexOutOfRangeException or OverflowException => "a length or a number in it is out of range",
            ArgumentException { ParamName: { } name } => exception.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal),
            ArgumentException => exception.Message,
            KeyNotFoundException => "something that every PostgreSQL server sends is missing: " + exception.Message,
            InvalidCastException => "a value has an unexpected type",
            _ when exception.Message.StartsWith("Internal Npgsql bug", StringComparison.Ordinal) =>
                "it sent a message that is not part of the PostgreSQL protocol",
            NotSupportedException or NotImplementedException => "it requests something that is not supported: " + exception.Message,
            _ => $"{exception.GetType().Name}, {exception.Message.TrimEnd('.')}. If psql can use this server, please report this as a bug",
        };
        return new(
            reason,
            (reason == FailureReason.Network ? "cannot connect to PostgreSQL: " : "unusable response from the server: ")
                + PlainText.OnOneLine(kind)
        );
    }

    static FailureReason OfSocket(SocketError error) =>
        error switch
        {
            SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData or SocketError.NoRecovery => FailureReason.Dns,
            SocketError.ConnectionRefused or SocketError.AddressNotAvailable => FailureReason.Refused,
            SocketError.TimedOut => FailureReason.Timeout,
            _ => FailureReason.Network,
        };

    // Npgsql 10 has no exception types for these.
    static FailureReason OfMessage(string message) =>
        message.Contains("SSL", StringComparison.Ordinal)
        || message.Contains("TLS", StringComparison.Ordinal)
        || message.Contains("certificate", StringComparison.OrdinalIgnoreCase)
            ? FailureReason.Tls
        : message.Contains("password", StringComparison.OrdinalIgnoreCase)
        || message.Contains("authentication", StringComparison.OrdinalIgnoreCase)
        || message.Contains("ChannelBinding", StringComparison.Ordinal)
        || message.Contains("SASL", StringComparison.Ordinal)
            ? FailureReason.Auth
        : FailureReason.Network;

    static string OneLine(string message, string? inner)
    {
        var text = inner is null || message.Contains(inner, StringComparison.Ordinal) ? message : $"{message}: {inner}";
        return PlainText.OnOneLine(text);
    }
}
