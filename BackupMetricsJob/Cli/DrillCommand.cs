using System.CommandLine;
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
        var command = new Command(
            "drill",
            "Restore the newest backup into a throw-away cluster, replay WAL, check what came back, and compare it with what was claimed"
        );
        var flags = new FlagSet(command);
        DrillFlags.AddTo(flags);
        command.SetAction((parsed, _) => RunAsync(flags.Read(parsed), context, build));
        return command;
    }

    static async Task<int> RunAsync(Flags flags, ProcessContext context, BuildVersion build)
    {
        var problems = new List<Problem>();
        var plan = new DrillPlanReader(new(flags, context.Environment), context, build, problems).Read();
        if (plan is null)
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

        return (int)await RunAllAsync(drills, plan.Timeout, context);
    }

    /// <summary>One after the other. Each is recorded and pushed when it has ended, so that nothing is lost with those after it.</summary>
    static async Task<ExitCode> RunAllAsync(IReadOnlyList<PlannedDrill> drills, TimeSpan timeout, ProcessContext context)
    {
        var signals = context.Signals;
        var begin = context.Time.GetTimestamp();
        var reports = new List<DrillReport>();
        foreach (var drill in drills)
        {
            var left = timeout - context.Time.GetElapsedTime(begin);
            if (signals.Stop.IsCancellationRequested || left <= TimeSpan.Zero)
                break;
            var options = drill.Options with { Timeout = drill.Options.Timeout < left ? drill.Options.Timeout : left };
            var claim = await Claim.ReadAsync(options.Server, drill.Asked, context.Time, signals.Stop);
            DrillSummary.WriteBegin(options, claim, context.Error);
            var report = await DrillReport.RunAsync(
                options,
                claim,
                drill.Publication,
                context.Environment,
                context.Time,
                DrillSummary.Watch(context.Error),
                signals.Stop
            );
            DrillSummary.WriteEnd(report, ExitCodes.For(report, signals.Received), context.Error);
            reports.Add(report);
        }

        if (drills.Count > 1)
            DrillSummary.WriteAll(reports, [.. drills.Skip(reports.Count).Select(drill => drill.Options.Server)], context.Error);
        return ExitCodes.For(reports, drills.Count, signals.Received);
    }
}
