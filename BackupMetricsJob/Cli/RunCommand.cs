using System.CommandLine;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Exposition;
using BackupMetricsJob.Reporting;
using BackupMetricsJob.Running;

namespace BackupMetricsJob.Cli;

/// <summary>backup-metrics run: probes, pushes once, and reports.</summary>
internal static class RunCommand
{
    public static Command Create(ProcessContext context, BuildVersion build)
    {
        var command = new Command("run", "Probe databases and push their backup metrics to the Pushgateway");
        var flags = new FlagSet(command);
        JobFlags.AddTo(flags, pushes: true);
        flags.AddSwitch("dry-run", "Print what would be pushed on standard output, and push nothing");
        command.SetAction((parsed, _) => RunAsync(flags.Read(parsed), context, build));
        return command;
    }

    static async Task<int> RunAsync(Flags flags, ProcessContext context, BuildVersion build)
    {
        var problems = OptionsReader.Read(flags, context.Environment, Purpose.Push, out var job, out var output);
        if (job is null)
            return Problems.Report(problems, output, context);
        Problems.Warn(job, context);

        var signals = context.Signals;
        RunReport report;
        using (ProgressLine.Start(context, output, out var progress))
        {
            report = output.DryRun
                ? await JobRun.WriteAsync(job, build, context.Time, context.Output, signals.Stop, progress)
                : await JobRun.PushAsync(job, build, context.Time, signals.Stop, progress);
        }

        var code = ExitCodes.For(report, signals.Received, output.FailOnTarget);
        RunSummary.Write(report, code, output.LogFormat, context);
        return (int)code;
    }
}
