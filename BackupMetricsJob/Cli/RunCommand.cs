using System.CommandLine;
using BackupMetricsJob.Cli.Help;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Exposition;
using BackupMetricsJob.Reporting;
using BackupMetricsJob.Running;

namespace BackupMetricsJob.Cli;

/// <summary>backup-metrics run: imports the given lists, probes, pushes once, and reports.</summary>
internal static class RunCommand
{
    public static Command Create(ProcessContext context, BuildVersion build)
    {
        var command = new DocumentedCommand("run", "Probe databases and push their backup metrics to the Pushgateway")
        {
            Examples =
            [
                new(
                    "one database, from cron or a systemd timer",
                    """
                    backup-metrics run --connection postgresql://monitor@db1/postgres \
                      --gateway http://pushgateway:9091 --interval 5m
                    """
                ),
                new(
                    "what would be pushed for the databases of a file",
                    "backup-metrics run --config /etc/backup-metrics/config.yaml --dry-run"
                ),
            ],
        };
        var flags = new CommandFlags(command);
        JobFlags.AddTo(flags, pushes: true);
        JobFlags.AddRunning(flags);
        RunImports.AddTo(flags);
        flags.Add(JobSettings.DryRun, JobSettings.Quiet);
        command.SetAction((parsed, _) => RunAsync(flags.Read(parsed), context, build));
        return command;
    }

    static async Task<int> RunAsync(GivenFlags flags, ProcessContext context, BuildVersion build)
    {
        var problems = new List<Problem>(OptionsReader.Read(flags, context.Environment, Purpose.Push, out var job, out var output));
        var imports = RunImports.Read(new(flags, context.Environment), job, output, context, problems);
        if (job is null || problems.Count > 0)
            return Problems.Report(problems, output, context);
        Problems.Warn(job, context);

        var signals = context.Signals;
        using var heartbeat = new HeartbeatCalls(job.Heartbeat, job.HeartbeatTimeout, context.Time);
        RunReport report;
        using (ProgressLine.Start(context, output, out var progress))
        {
            report = output.DryRun
                ? await JobRun.DryRunAsync(job, build, context.Time, context.Output, signals.Stop, progress)
                : await JobRun.RunAsync(job, build, context.Time, signals.Stop, progress, () => BeforeAsync(progress));
        }

        var code = ExitCodes.ForRun(report, signals.Received, output.FailOnTarget, imports.Results);
        var failures = await heartbeat.EndAsync(() => HeartbeatReport.Write(report, code, imports.Results), signals.Stop);
        report = report with { HeartbeatFailures = failures };
        // A signal may have interrupted that, too.
        code = ExitCodes.ForRun(report, signals.Received, output.FailOnTarget, imports.Results);
        if (output.Quiet && RunSummary.IsAllWell(report, code) && imports.Results.All(import => import.IsAllWell))
            return (int)code;
        ImportSummary.Write(imports.Results, output.LogFormat, context);
        RunSummary.Write(report, code, output.LogFormat, context);
        return (int)code;

        Task BeforeAsync(RunProgress? progress)
        {
            heartbeat.Begin();
            return imports.Any ? imports.RunAsync(job.Import!, context, progress) : Task.CompletedTask;
        }
    }
}
