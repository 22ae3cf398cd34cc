using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using BackupMetricsJob.Backups;
using Npgsql;

namespace BackupMetricsJob.Postgres;

/// <summary>
/// Tells from what Npgsql threw why a target could not be probed. The words are the server's or the system's own; none of them holds a
/// secret.
/// </summary>
internal static class ProbeFailures
{
    // How .NET says of a TLS handshake that none was answered.
    static readonly string[] NoTls = ["unexpected EOF", "Cannot determine the frame size"];

    // How Npgsql 10 says it of a server of another kind.
    static readonly string[] NoPostgres =
    [
        "Received unknown response",
        "Additional unencrypted data",
        "Unknown message code",
        "Received backend message",
    ];

    /// <summary>
    /// The failure that <paramref name="exception"/> is, or null if it is none that a database causes while it keeps to its protocol.
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
                return new(
                    FailureReason.Network,
                    "what answers there does not speak TLS, or the connection ended in the middle of the handshake"
                );
            if (TlsFailures.From(e) is { } tls)
                return tls;
            if (e is TimeoutException)
                return new(FailureReason.Timeout, OneLine(exception.Message, null));
        }

        if (exception is NpgsqlException && exception.Message.StartsWith("SSL connection requested", StringComparison.Ordinal))
            return new(FailureReason.Tls, "the server does not speak TLS, which sslmode asks for");
        if (exception is NpgsqlException && NoPostgres.Any(words => exception.Message.StartsWith(words, StringComparison.Ordinal)))
            return new(FailureReason.Network, "what answers there does not speak as a PostgreSQL server does: " + exception.Message);
        return exception is NpgsqlException or IOException
            ? new(OfMessage(exception.Message), OneLine(exception.Message, exception.InnerException?.Message))
            : null;
    }

    /// <summary>
    /// The failure of a target that brought about what nobody foresaw. Npgsql believes what it reads: a server of another kind, or a
    /// broken stream, ends in whatever
    /// exception it runs into. So a report is asked for only where it can hardly be that.
    /// </summary>
    public static ProbeFailure Unexpected(Exception exception, FailureReason reason)
    {
        if (exception is NotSupportedException && exception.Message.StartsWith("Authentication", StringComparison.Ordinal))
            return new(FailureReason.Auth, "the server asks for a kind of authentication that is not known here: " + exception.Message);
        var kind = exception switch
        {
            OutOfMemoryException => "it announces more than there is memory for",
            FormatException or DecoderFallbackException => "a text or a number in it cannot be read",
            ArgumentOutOfRangeException or IndexOutOfRangeException or OverflowException => "a length or a number in it is out of range",
            ArgumentException { ParamName: { } name } => exception.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal),
            ArgumentException => exception.Message,
            KeyNotFoundException => "something that every PostgreSQL server tells is missing: " + exception.Message,
            InvalidCastException => "a value is of another type than was asked for",
            _ when exception.Message.StartsWith("Internal Npgsql bug", StringComparison.Ordinal) =>
                "a message came that PostgreSQL does not have",
            NotSupportedException or NotImplementedException => "it asks for something that is not known here: " + exception.Message,
            _ => $"{exception.GetType().Name}, {exception.Message.TrimEnd('.')}. If psql can use this server, please report this as a bug",
        };
        return new(
            reason,
            (reason == FailureReason.Network ? "no PostgreSQL connection can be made there: " : "the server's answer cannot be used: ")
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

    // Npgsql 10.0.0 says these without a type of their own.
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
