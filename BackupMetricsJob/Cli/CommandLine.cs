using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using BackupMetricsJob.Cli.Help;
using BackupMetricsJob.Exposition;
using BackupMetricsJob.Reporting;

namespace BackupMetricsJob.Cli;

/// <summary>Parses the command line, runs the command, and returns its exit code.</summary>
internal static class CommandLine
{
    public static int Run(string[] args, ProcessContext context, BuildVersion build)
    {
        var root = Create(context, build);
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        // A Nagios plugin reports errors on standard output, too.
        if (parsed.Action is ParseErrorAction)
            return ShowCommand.IsPlugin(parsed, context) ? ShowCommand.Refuse(parsed, context) : ParseErrors.Report(parsed, context.Error);

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

    /// <summary>Creates the commands, in the order in which a new user needs them.</summary>
    public static RootCommand Create(ProcessContext context, BuildVersion build)
    {
        var root = new RootCommand("Read how old the backups of PostgreSQL databases are, and push that to a Prometheus Pushgateway")
        {
            ShowCommand.Create(context),
            CheckCommand.Create(context),
            RunCommand.Create(context, build),
            ScheduleCommand.Create(context, build),
            ImportCommand.Create(context),
            RecordCommand.Create(context),
            CatalogCommand.Create(context),
            DrillCommand.Create(context, build),
            DeleteCommand.Create(context),
            CompletionCommand.Create(context),
            ManCommand.Create(context, build),
        };
        root.Options.OfType<HelpOption>().Single().Action = new HelpText();
        return root;
    }
}
