using System.CommandLine;
using System.Globalization;
using BackupMetricsJob.Cli.Help;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Drill;
using BackupMetricsJob.Exposition;
using BackupMetricsJob.Reporting;

namespace BackupMetricsJob.Cli;

/// <summary>backup-metrics drill: restores the newest backup into a throw-away cluster, and reports the result.</summary>
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
        var flags = new CommandFlags(command);
        DrillSettings.AddTo(flags);
        flags.Add(JobSettings.Quiet);
        command.SetAction((parsed, _) => RunAsync(flags.Read(parsed), context, build));
        return command;
    }

    static async Task<int> RunAsync(GivenFlags flags, ProcessContext context, BuildVersion build)
    {
        var problems = new List<Problem>();
        var settings = new GivenSettings(flags, context.Environment);
        var plan = new DrillPlanReader(settings, context, build, problems).Read();
        var quiet = JobSettings.Quiet.IsOn(settings, problems);
        if (plan is null || problems.Count > 0)
            return CatalogFlags.Report(OptionsReader.SortByLocation(problems), context);
        if (Environment.IsPrivilegedProcess)
        {
            await context.Error.WriteLineAsync(
                "backup-metrics: drill: not as root: PostgreSQL refuses to run as root, and a drill only has to read the backup. "
                    + "Run it as the backup's user: setpriv --reuid postgres --regid postgres --init-groups backup-metrics drill ..."
            );
            return (int)ExitCode.Configuration;
        }

        var drills = plan.Drills;
        if (plan.Count is { } count)
        {
            var (order, failure) = await Rotation.OrderAsync(drills, plan.Catalogue!, context.Signals.Stop);
            if (failure is not null)
                return CatalogFlags.Report(failure, "drill", context, context.Signals.Received);
            drills = [.. order.Take(count)];
        }

        return (int)await RunAllAsync(drills, plan.Timeout, quiet, context);
    }

    /// <summary>
    /// Runs the drills one after the other. Each is recorded and pushed as soon as it has ended, so that a later failure cannot lose its
    /// result.
    /// </summary>
    /// <param name="quiet">Whether to write nothing about a successful drill.</param>
    static async Task<ExitCode> RunAllAsync(IReadOnlyList<PlannedDrill> drills, TimeSpan timeout, bool quiet, ProcessContext context)
    {
        var signals = context.Signals;
        var begin = context.Time.GetTimestamp();
        var reports = new List<DrillReport>();
        var allWell = true;
        foreach (var drill in drills)
        {
            var left = timeout - context.Time.GetElapsedTime(begin);
            if (signals.Stop.IsCancellationRequested || left <= TimeSpan.Zero)
                break;
            var options = drill.Options with { Timeout = drill.Options.Timeout < left ? drill.Options.Timeout : left };
            var claim = await Claim.ReadAsync(options.Server, drill.Asked, context.Time, signals.Stop);
            using var kept = quiet ? new StringWriter(CultureInfo.InvariantCulture) : null;
            var to = kept ?? context.Error;
            DrillSummary.WriteBegin(options, claim, to);
            var report = await DrillReport.RunAsync(
                options,
                claim,
                drill.Publication,
                context.Environment,
                context.Time,
                DrillSummary.Watch(to),
                signals.Stop
            );
            var code = ExitCodes.ForDrill(report, signals.Received);
            DrillSummary.WriteEnd(report, code, to);
            var isWell = DrillSummary.IsAllWell(report, code, asked: drill.Asked.Count > 0);
            allWell &= isWell;
            if (kept is not null && !isWell)
                await context.Error.WriteAsync(kept.ToString());
            reports.Add(report);
        }

        if (drills.Count > 1 && (!quiet || !allWell || reports.Count < drills.Count))
            DrillSummary.WriteAll(reports, [.. drills.Skip(reports.Count).Select(drill => drill.Options.Server)], context.Error);
        return ExitCodes.ForDrills(reports, drills.Count, signals.Received);
    }
}
