using System.CommandLine;
using System.CommandLine.Invocation;
using BackupMetricsJob.Exposition;
using BackupMetricsJob.Reporting;

namespace BackupMetricsJob.Cli;

/// <summary>Parses the command line, runs the command, and returns its exit code.</summary>
internal static class CommandLine
{
    const string ExitCodeHelp = """
        Reads how old the backups of PostgreSQL databases are, and pushes that to a Prometheus Pushgateway.

        Exit codes: 0 success; 1, 2 findings (show --fail-on); 64 invalid flag; 65 invalid input to import or record, nothing was
        written, or an import of run was refused, the rest was pushed, or a drill could not restore the backup, or found a fault in
        it; 69 a database could not be probed, or a catalogue command could not use its database; 70 bug; 74 standard output or
        --textfile could not be written; 75 the push did not arrive; 76 the gateway refused the push; 78 invalid environment variable
        or file, or a drill that does not fit here; 143, 130, 129 ended by SIGTERM, SIGINT, SIGHUP (a run pushes first).
        """;

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
            DrillCommand.Create(context, build),
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
