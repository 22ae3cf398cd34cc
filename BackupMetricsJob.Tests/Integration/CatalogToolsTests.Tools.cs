using System.Globalization;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

// The tools, set up for a server.
public sealed partial class CatalogToolsTests
{
    internal static async Task<Func<string, Task<string>>> PgBackRestAsync(TempFolder folder, PostgresServer server)
    {
        var program = Tool.Find("pgbackrest", "apt-get install pgbackrest");
        folder.Write(
            "pgbackrest.conf",
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                [global]
                repo1-path={folder.File("repo")}
                repo1-retention-full=1
                lock-path={folder.File("lock")}
                spool-path={folder.File("spool")}
                log-level-file=off
                log-level-console=error
                start-fast=y
                compress-type=none

                [orders]
                pg1-path={server.DataDirectory}
                pg1-port={server.Port}
                pg1-socket-path={server.SocketDirectory}
                pg1-user={server.Options.Superuser}

                """
            )
        );
        await PostgresTemplate.GiveToServerUserAsync(folder.Path);
        return arguments =>
            ChildProcess.RunSuccessfullyAsync(
                program,
                ["--config=" + folder.File("pgbackrest.conf"), .. arguments.Split(' ')],
                new() { Unprivileged = true }
            );
    }

    internal static async Task<BarmanCommand> BarmanAsync(TempFolder folder, PostgresServer server)
    {
        var program = Tool.Find("barman", "apt-get install barman");
        var connection = string.Create(
            CultureInfo.InvariantCulture,
            $"host={server.SocketDirectory} port={server.Port} user={server.Options.Superuser}"
        );
        folder.Write(
            "barman.conf",
            $"""
            [barman]
            barman_user = {(Environment.IsPrivilegedProcess ? "nobody" : Environment.UserName)}
            barman_home = {folder.File("home")}
            log_file = {folder.File("barman.log")}

            [orders]
            conninfo = {connection} dbname=postgres
            streaming_conninfo = {connection}
            backup_method = postgres
            archiver = on
            path_prefix = {folder.File("bin")}
            post_backup_script = /bin/sh -c '[ ! -e {folder.File("hook.sh")} ] || sh {folder.File("hook.sh")}'

            """
        );
        Directory.CreateDirectory(folder.File("home"));
        Directory.CreateDirectory(folder.File("bin"));
        folder.Write(
            "bin/pg_basebackup",
            $"""
            #!/bin/sh
            case "$*" in *--version* | *--help*) ;; *) [ ! -e {folder.File("bin/fails")} ] || exit 1 ;; esac
            exec {PostgresBinaries.Distribution.Folder}/pg_basebackup "$@"

            """
        );
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder.File("bin/pg_basebackup"), (UnixFileMode)0b111_101_101);
        await PostgresTemplate.GiveToServerUserAsync(folder.Path);
        return async (arguments, mayFail) =>
        {
            var result = await ChildProcess.RunAsync(
                program,
                ["-c", folder.File("barman.conf"), .. arguments.Split(' ')],
                new() { Unprivileged = true }
            );
            Assert.True(mayFail || result.ExitCode == 0, result.Error + result.Output);
            return result.Output;
        };
    }

    internal delegate Task<string> BarmanCommand(string arguments, bool mayFail = false);
}
