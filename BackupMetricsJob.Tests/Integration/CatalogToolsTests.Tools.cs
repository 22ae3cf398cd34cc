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
            ToolConfiguration.PgBackRest(
                folder.File,
                server,
                "repo1-retention-full=1",
                $"spool-path={folder.File("spool")}",
                "compress-type=none"
            )
        );
        PostgresTemplate.GiveToServerUser(folder.Path);
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
        folder.Write(
            "barman.conf",
            ToolConfiguration.Barman(
                folder.File,
                server,
                $"path_prefix = {folder.File("bin")}",
                $"post_backup_script = /bin/sh -c '[ ! -e {folder.File("hook.sh")} ] || sh {folder.File("hook.sh")}'"
            )
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
        PostgresTemplate.GiveToServerUser(folder.Path);
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
