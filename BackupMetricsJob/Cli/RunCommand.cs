using System.CommandLine;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Exposition;
using BackupMetricsJob.Running;

namespace BackupMetricsJob.Cli;

/// <summary>backup-metrics run: probe, push once, say what happened.</summary>
internal static class RunCommand
{
    public static Command Create(Terminal terminal, BuildVersion build)
    {
        var command = new Command("run", "Probe the database and push its backup metrics to the Pushgateway");
        var flags = new JobFlags(command, pushes: true);
        var dryRun = new Option<bool>("--dry-run") { Description = "Print on standard output what would be pushed, and push nothing" };
        command.Options.Add(dryRun);
        command.SetAction((parsed, _) => RunAsync(flags.Read(parsed), parsed.GetValue(dryRun), terminal, build));
        return command;
    }

    static async Task<int> RunAsync(Flags flags, bool dryRun, Terminal terminal, BuildVersion build)
    {
        var problems = OptionsReader.Read(flags, terminal.Environment, mustPush: !dryRun, out var job, out var output);
        if (job is null) return Problems.Tell(problems, output, terminal);

        using var signals = new Signals();
        var report = dryRun
            ? await JobRun.WriteAsync(job, build, terminal.Time, terminal.Output, signals.Stop)
            : await JobRun.PushAsync(job, build, terminal.Time, signals.Stop);
        var code = ExitCodes.Of(report, signals.Received, output.FailOnTarget);
        if (output.LogFormat == LogFormat.Json) RunSummaryJson.Write(report, code, terminal.Time.GetUtcNow(), terminal.Error);
        else RunSummary.Write(report, terminal.Error);
        return (int)code;
    }
}
