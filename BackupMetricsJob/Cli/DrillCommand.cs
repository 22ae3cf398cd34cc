using System.CommandLine;
using BackupMetricsJob.Cli.Help;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Drill;
using BackupMetricsJob.Exposition;
using BackupMetricsJob.Reporting;

namespace BackupMetricsJob.Cli;

/// <summary>backup-metrics drill: restores the newest backup into a throw-away cluster, and tells how that went.</summary>
internal static class DrillCommand
{
    public static Command Create(ProcessContext context, BuildVersion build)
    {
        var command = new DocumentedCommand(
            "drill",
            "Restore the newest backup into a throw-away cluster, replay WAL, check what came back, and compare it with what was claimed"
        )
        {
            Examples =
            [
                new(
                    "of pgBackRest, as the user that may read the repository",
                    """
                    backup-metrics drill --tool pgbackrest --stanza orders \
                      --gateway http://pushgateway:9091
                    """
                ),
                new(
                    "of pg_basebackup with a WAL archive, checked by a query",
                    """
                    backup-metrics drill --tool pg_basebackup --server orders \
                      --directory /backup/orders --archive /archive/orders --query checks.sql
                    """
                ),
            ],
        };
        var flags = new FlagSet(command);
        DrillFlags.AddTo(flags);
        flags.Add(JobSettings.Quiet);
        command.SetAction((parsed, _) => RunAsync(flags.Read(parsed), context, build));
        return command;
    }

    static async Task<int> RunAsync(Flags flags, ProcessContext context, BuildVersion build)
    {
        var problems = new List<Problem>();
        var settings = new Settings(flags, context.Environment);
        var drill = DrillFlags.Read(settings, context, build, problems);
        var quiet = JobSettings.Quiet.IsOther(settings, problems);
        if (drill is null || problems.Count > 0)
            return CatalogFlags.Report(problems, context);
        if (Environment.IsPrivilegedProcess)
        {
            await context.Error.WriteLineAsync(
                "backup-metrics: drill: not as root: PostgreSQL refuses to run as root, and a drill only has to read the backup. "
                    + "Run it as the backup's user: setpriv --reuid postgres --regid postgres --init-groups backup-metrics drill ..."
            );
            return (int)ExitCode.Configuration;
        }

        var signals = context.Signals;
        var claim = await Claim.ReadAsync(drill.Options.Server, drill.Asked, context.Time, signals.Stop);
        var report = await DrillReport.RunAsync(
            drill.Options,
            claim,
            drill.Publication,
            context.Environment,
            context.Time,
            context.IsInteractive ? phase => context.Error.WriteLine($"{phase.Name()} ...") : null,
            signals.Stop
        );
        var code = ExitCodes.For(report, signals.Received);
        if (!quiet || !DrillSummary.IsAllWell(report, code, asked: drill.Asked.Count > 0))
            DrillSummary.Write(report, context.Error);
        return (int)code;
    }
}
