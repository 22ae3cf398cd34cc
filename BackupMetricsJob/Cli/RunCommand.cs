using System.CommandLine;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Exposition;
using BackupMetricsJob.Reporting;
using BackupMetricsJob.Running;

namespace BackupMetricsJob.Cli;

/// <summary>backup-metrics run: probe, push once, say what happened.</summary>
internal static class RunCommand
{
    public static Command Create(ProcessContext terminal, BuildVersion build)
    {
        var command = new Command("run", "Probe the database and push its backup metrics to the Pushgateway");
        var flags = new FlagSet(command);
        JobFlags.AddTo(flags, pushes: true);
        flags.AddSwitch("dry-run", "Print on standard output what would be pushed, and push nothing");
        command.SetAction((parsed, _) => RunAsync(flags.Read(parsed), terminal, build));
        return command;
    }

    static async Task<int> RunAsync(Flags flags, ProcessContext terminal, BuildVersion build)
    {
        var problems = OptionsReader.Read(flags, terminal.Environment, Purpose.Push, out var job, out var output);
        if (job is null)
            return Problems.Tell(problems, output, terminal);
        Problems.Warn(job, terminal);

        var signals = terminal.Signals;
        RunReport report;
        using (ProgressLine.Begin(terminal, output, out var progress))
        {
            report = output.DryRun
                ? await JobRun.WriteAsync(job, build, terminal.Time, terminal.Output, signals.Stop, progress)
                : await JobRun.PushAsync(job, build, terminal.Time, signals.Stop, progress);
        }

        var code = ExitCodes.Of(report, signals.Received, output.FailOnTarget);
        RunSummary.Write(report, code, output.LogFormat, terminal);
        return (int)code;
    }
}
