using System.Net.Sockets;
using BackupMetricsJob.Backups;
using Npgsql;

namespace BackupMetricsJob.Postgres;

/// <summary>Adds details to a host's failure that its message lacks: the role, the socket, the missing grant.</summary>
internal static class HostFailures
{
    /// <summary>Null if nothing more is known than <paramref name="failure"/> says.</summary>
    public static ProbeFailure? Describe(Exception exception, ConnectionHost host, string user, ProbeFailure failure)
    {
        if (
            host.IsSocket
            && exception.InnerException is SocketException { SocketErrorCode: SocketError.AddressNotAvailable }
            && !File.Exists(SocketPath(host))
        )
        {
            // .NET maps ENOENT to this error:
            // https://github.com/dotnet/runtime/blob/main/src/libraries/Common/src/System/Net/Sockets/SocketErrorPal.Unix.cs
            return new(FailureReason.Refused, $"socket {SocketPath(host)}: No such file or directory")
            {
                Do = "Check that PostgreSQL runs there, on this port, and that unix_socket_directories contains this directory.",
            };
        }

        return failure.Reason switch
        {
            FailureReason.Auth when !failure.Message.Contains($"\"{user}\"", StringComparison.Ordinal) => failure with
            {
                Message = $"role {Redaction.RoleName(user)}: {failure.Message}",
            },
            FailureReason.Privilege when exception is PostgresException refused => failure with
            {
                Do = MissingGrant.For(refused, QuotedForSql(user)),
            },
            _ => null,
        };
    }

    /// <summary>Whether the server may not be PostgreSQL: it was reached, but sent no PostgreSQL error.</summary>
    public static bool MayBeOtherProtocol(Exception exception, ProbeFailure failure) =>
        exception is not PostgresException
        && failure.Reason is FailureReason.Network or FailureReason.Tls
        && !exception.Message.StartsWith("Failed to connect", StringComparison.Ordinal)
        && !exception.Message.StartsWith("SSL connection requested", StringComparison.Ordinal);

    static string SocketPath(ConnectionHost host) => $"{host.Name}/.s.PGSQL.{host.Port}";

    static string QuotedForSql(string user) =>
        user.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_') && !char.IsAsciiDigit(user[0])
            ? user
            : SqlText.Name(user);
}
