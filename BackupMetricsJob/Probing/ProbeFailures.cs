using System.Net.Sockets;
using BackupMetricsJob.Backups;
using Npgsql;

namespace BackupMetricsJob.Probing;

/// <summary>Tells from what Npgsql threw why a target could not be probed. The words are the server's or the system's own; none of them holds a secret.</summary>
internal static class ProbeFailures
{
    /// <summary>The failure that <paramref name="exception"/> is, or null if it is none that a database can cause: then it is a bug.</summary>
    public static ProbeFailure? Of(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e is PostgresException postgres) return new(OfSqlState(postgres.SqlState), $"{postgres.MessageText} (SQLSTATE {postgres.SqlState})");
            if (e is BadDataException) return new(FailureReason.BadData, e.Message);
            if (e is SocketException socket) return new(OfSocket(socket.SocketErrorCode), OneLine(exception.Message, socket.Message));
            if (TlsFailures.Of(e) is { } tls) return tls;
            if (e is TimeoutException) return new(FailureReason.Timeout, OneLine(exception.Message, null));
        }

        if (exception is NpgsqlException && exception.Message.StartsWith("SSL connection requested", StringComparison.Ordinal))
            return new(FailureReason.Tls, "the server does not speak TLS, which sslmode asks for");
        return exception is NpgsqlException or IOException ? new(OfMessage(exception.Message), OneLine(exception.Message, exception.InnerException?.Message)) : null;
    }

    // Classes of SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html
    static FailureReason OfSqlState(string state) => state switch
    {
        "42501" => FailureReason.Privilege,
        "3D000" => FailureReason.Database,
        "57014" or "55P03" or "25P03" or "57P05" => FailureReason.Timeout,
        "57P03" or "57P01" or "57P02" => FailureReason.Busy,
        _ when state.StartsWith("28", StringComparison.Ordinal) => FailureReason.Auth,
        _ when state.StartsWith("53", StringComparison.Ordinal) => FailureReason.Busy,
        _ when state.StartsWith("08", StringComparison.Ordinal) => FailureReason.Network,
        _ => FailureReason.Sql,
    };

    static FailureReason OfSocket(SocketError error) => error switch
    {
        SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData or SocketError.NoRecovery => FailureReason.Dns,
        SocketError.ConnectionRefused or SocketError.AddressNotAvailable => FailureReason.Refused,
        SocketError.TimedOut => FailureReason.Timeout,
        _ => FailureReason.Network,
    };

    // Npgsql 10.0.0 says these without a type of their own.
    static FailureReason OfMessage(string message) =>
        message.Contains("SSL", StringComparison.Ordinal) || message.Contains("TLS", StringComparison.Ordinal) || message.Contains("certificate", StringComparison.OrdinalIgnoreCase)
            ? FailureReason.Tls
            : message.Contains("password", StringComparison.OrdinalIgnoreCase) || message.Contains("authentication", StringComparison.OrdinalIgnoreCase) || message.Contains("ChannelBinding", StringComparison.Ordinal)
                ? FailureReason.Auth
                : FailureReason.Network;

    static string OneLine(string message, string? inner)
    {
        var text = inner is null || message.Contains(inner, StringComparison.Ordinal) ? message : $"{message}: {inner}";
        return text.ReplaceLineEndings(" ").Trim();
    }
}
