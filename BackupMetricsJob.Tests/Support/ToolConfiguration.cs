using System.Globalization;

namespace BackupMetricsJob.Tests.Support;

/// <summary>The configuration files of backup tools for one server, which is called orders in them.</summary>
internal static class ToolConfiguration
{
    /// <param name="file">The path of a file in the folder that holds the repository.</param>
    /// <param name="more">Further lines of [global].</param>
    public static string PgBackRest(Func<string, string> file, PostgresServer server, params IEnumerable<string> more) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            [global]
            repo1-path={file("repo")}
            lock-path={file("lock")}
            log-level-file=off
            log-level-console=error
            start-fast=y
            {string.Join('\n', more)}

            [orders]
            pg1-path={server.DataDirectory}
            pg1-port={server.Port}
            pg1-socket-path={server.SocketDirectory}
            pg1-user={server.Options.Superuser}

            """
        );

    /// <param name="file">The path of a file in the folder that holds Barman's home.</param>
    /// <param name="more">Further lines of the server.</param>
    public static string Barman(Func<string, string> file, PostgresServer server, params IEnumerable<string> more)
    {
        var connection = string.Create(
            CultureInfo.InvariantCulture,
            $"host={server.SocketDirectory} port={server.Port} user={server.Options.Superuser}"
        );
        return $"""
            [barman]
            barman_user = {(Environment.IsPrivilegedProcess ? "nobody" : Environment.UserName)}
            barman_home = {file("home")}
            log_file = {file("barman.log")}

            [orders]
            conninfo = {connection} dbname=postgres
            streaming_conninfo = {connection}
            backup_method = postgres
            archiver = on
            {string.Join('\n', more)}

            """;
    }
}
