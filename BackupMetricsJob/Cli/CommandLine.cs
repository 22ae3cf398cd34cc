using System.CommandLine;
using System.CommandLine.Invocation;
using BackupMetricsJob.Exposition;
using BackupMetricsJob.Reporting;

namespace BackupMetricsJob.Cli;

/// <summary>The command line: it parses, runs the command, and turns everything that can happen into an exit code.</summary>
internal static class CommandLine
{
    const string ExitCodeHelp = """
        Reads how old the backups of PostgreSQL databases are and pushes that to a Prometheus Pushgateway.

        Exit codes: 0 all done; 64 a flag is wrong; 65 what was to be imported or recorded is wrong, and nothing was written; 69 a database
        could not be asked, or refused; 70 a bug; 74 standard output cannot be written; 75 the push did not arrive; 76 the gateway refused
        it; 78 the environment or a file is wrong; 143, 130 ended by SIGTERM, SIGINT (a run pushes before).
        """;

    /// <param name="args">As typed.</param>
    /// <param name="context">Where to write.</param>
    /// <param name="build">What this program is.</param>
    public static int Run(string[] args, ProcessContext context, BuildVersion build)
    {
        var root = new RootCommand(ExitCodeHelp)
        {
            RunCommand.Create(context, build),
            ShowCommand.Create(context),
            ImportCommand.Create(context),
            RecordCommand.Create(context),
            CatalogCommand.Create(context),
            CheckCommand.Create(context),
            DeleteCommand.Create(context),
            ScheduleCommand.Create(context, build),
        };

        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction)
            return ParseErrors.Report(parsed, context.Error);

        return parsed.Invoke(
            new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
                Output = new StreamWriter(context.Output) { AutoFlush = true },
                Error = context.Error,
            }
        );
    }
}
