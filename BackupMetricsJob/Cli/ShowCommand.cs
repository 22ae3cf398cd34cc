using System.CommandLine;
using System.Text;
using BackupMetricsJob.Cli.Help;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Reporting;
using BackupMetricsJob.Running;

namespace BackupMetricsJob.Cli;

/// <summary>backup-metrics show: prints the facts for people; pushes nothing.</summary>
internal static class ShowCommand
{
    public static Command Create(ProcessContext context)
    {
        var command = new DocumentedCommand(
            "show",
            "Show how old the backups of a database are, how much work would be lost now, and what to do about problems"
        )
        {
            Examples =
            [
                new("one database", "backup-metrics show --connection postgresql://monitor@db1/postgres"),
                new("one of the databases of a file", "backup-metrics show --config config.yaml --target orders"),
            ],
        };
        var flags = new FlagSet(command);
        JobFlags.AddTo(flags, pushes: false);
        command.SetAction((parsed, _) => ShowAsync(flags.Read(parsed), context));
        return command;
    }

    static async Task<int> ShowAsync(Flags flags, ProcessContext context)
    {
        var problems = OptionsReader.Read(flags, context.Environment, Purpose.Show, out var job, out var output);
        if (job is null)
            return Problems.Report(problems, output, context);
        Problems.Warn(job, context);

        var signals = context.Signals;
        RunReport report;
        using (ProgressLine.Start(context, output, out var progress))
            report = await JobRun.ProbeAsync(job, context.Time, signals.Stop, progress);
        using (var text = new StreamWriter(context.Output, new UTF8Encoding(false), leaveOpen: true))
            ShowTable.Write(report.Results, text);
        return (int)ExitCodes.For(report, signals.Received, output.FailOnTarget);
    }
}
