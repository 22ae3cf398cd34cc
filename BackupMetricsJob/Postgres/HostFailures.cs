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
        if (host.IsSocket && exception.InnerException is SocketException { SocketErrorCode: SocketError.AccessDenied })
        {
            return new(FailureReason.Refused, $"socket {SocketPath(host)}: Permission denied")
            {
                Advice =
                    "The account that runs this job may not use the socket: look at the permissions of its directory and at the server's "
                    + "unix_socket_permissions and unix_socket_group, or connect by TCP.",
            };
        }

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
                Advice = "Check that PostgreSQL runs there, on this port, and that unix_socket_directories contains this directory.",
            };
        }

        return failure.Reason switch
        {
            FailureReason.Auth when exception.Message.StartsWith("No password has been provided", StringComparison.Ordinal) => new(
                FailureReason.Auth,
                $"role {Redaction.RoleName(user)}: the server asks for a password, and neither the connection nor "
                    + $"{host.SearchedPasswordFile ?? "a password file"} has one for it"
            )
            {
                Advice =
                    "Add host:port:database:role:password to the password file of the account that runs this job (~/.pgpass, mode 0600), "
                    + "or give the connection a password.",
            },
            FailureReason.Auth when !failure.Message.Contains($"\"{user}\"", StringComparison.Ordinal) => failure with
            {
                Message = $"role {Redaction.RoleName(user)}: {failure.Message}",
            },
            FailureReason.Privilege when exception is PostgresException refused => failure with
            {
                Advice = MissingGrant.For(refused, QuotedForSql(user)),
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

    /// <summary>The failure of a server that closed the connection without any response; null for any other.</summary>
    public static ProbeFailure? OfSilentEnd(Exception exception) =>
        exception.InnerException
            is EndOfStreamException
                or IOException { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionReset } }
            ? new(FailureReason.Network, "what answers there closed the connection without a word")
            {
                Advice =
                    "Is it a proxy with no server behind it, such as HAProxy? Look at its backends and its log, else at the server's log.",
            }
            : null;

    static string SocketPath(ConnectionHost host) => $"{host.Name}/.s.PGSQL.{host.Port}";

    static string QuotedForSql(string user) =>
        user.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_') && !char.IsAsciiDigit(user[0])
            ? user
            : SqlText.Name(user);
}
