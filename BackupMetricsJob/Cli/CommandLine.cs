using System.CommandLine;
using System.CommandLine.Invocation;
using BackupMetricsJob.Exposition;

namespace BackupMetricsJob.Cli;

/// <summary>The command line: it parses, runs the command, and turns everything that can happen into an exit code.</summary>
internal static class CommandLine
{
    const string ExitCodeHelp = """
        Reads how old the backups of PostgreSQL databases are and pushes that to a Prometheus Pushgateway.

        Exit codes: 0 all done; 64 a flag is wrong; 65 what was to be imported or recorded is wrong, and nothing was written; 69 a database
        could not be asked, or refused; 70 a bug; 75 the push did not arrive; 76 the gateway refused it; 78 the environment or a file is
        wrong; 143, 130 ended by SIGTERM, SIGINT (a run pushes before).
        """;

    public static async Task<int> RunAsync(string[] args, Terminal terminal, BuildVersion build)
    {
        var root = new RootCommand(ExitCodeHelp)
        {
            RunCommand.Create(terminal, build), ShowCommand.Create(terminal),
            ImportCommand.Create(terminal), RecordCommand.Create(terminal), CatalogCommand.Create(terminal),
        };
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction)
        {
            foreach (var error in parsed.Errors) await terminal.Error.WriteLineAsync("backup-metrics: " + error.Message);
            return (int)ExitCode.Usage;
        }

        return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null, Error = terminal.Error });
    }
}
