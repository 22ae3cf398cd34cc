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
    static readonly EnumSetting Output = new(
        "output",
        "Format on standard output. nagios: the line and the exit codes of a plugin, 0 to 3",
        "text",
        "json",
        "nagios"
    );

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
        var flags = new CommandFlags(command);
        JobFlags.AddTo(flags, pushes: false);
        flags.Add(Output);
        command.SetAction((parsed, _) => ShowAsync(flags.Read(parsed), context));
        return command;
    }

    /// <summary>Whether a command line with errors asks for a plugin's output.</summary>
    public static bool IsPlugin(ParseResult parsed, ProcessContext context)
    {
        var command = parsed.CommandResult.Command;
        if (command.Name != "show")
            return false;
        var given = command.Options.Where(option => option.Name == "--" + Output.Name).Select(parsed.GetResult).FirstOrDefault()?.Tokens;
        return (given is [.., var last] ? last.Value : context.Environment.GetValueOrDefault(GivenSettings.Variable(Output.Name)))
            == "nagios";
    }

    /// <summary>Reports the errors as a plugin does: runners read standard output, and know only the codes 0 to 3.</summary>
    public static int Refuse(ParseResult parsed, ProcessContext context)
    {
        using var text = new StreamWriter(context.Output, new UTF8Encoding(false), leaveOpen: true);
        return (int)NagiosOutput.Write(ParseErrors.Describe(parsed), text);
    }

    static async Task<int> ShowAsync(GivenFlags flags, ProcessContext context)
    {
        var problems = new List<Problem>(OptionsReader.Read(flags, context.Environment, Purpose.Show, out var job, out var output));
        var settings = new GivenSettings(flags, context.Environment);
        var format = Output.Read(settings, problems);
        await using var text = new StreamWriter(context.Output, new UTF8Encoding(false), leaveOpen: true);
        if (format == "nagios" && settings.One(JobSettings.FailOn) is { Origin: ProblemOrigin.Flag } failOn)
            problems.Add(failOn.CreateProblem($"has no effect with --{Output.Name} nagios, which has the exit codes of a plugin"));
        if (job is null || problems.Count > 0)
            return format == "nagios"
                ? (int)NagiosOutput.Write(problems.Select(problem => problem.Text), text)
                : Problems.Report(problems, output, context);
        if (format != "nagios")
            Problems.Warn(job, context);

        var signals = context.Signals;
        RunReport report;
        using (ProgressLine.Start(context, output, out var progress))
            report = await JobRun.ProbeAsync(job, context.Time, signals.Stop, progress);
        if (format == "nagios")
            return (int)NagiosOutput.Write(report, signals.Received, Problems.Warnings(job), text);
        var code = ExitCodes.ForShow(report, signals.Received, output.FailOnTarget, output.FailOnFinding);
        if (format == "json")
            ShowJson.Write(report.Results, code, context.Output);
        else
            ShowText.Write(report.Results, text);
        return (int)code;
    }
}
