using BackupMetricsJob.Cli.Help;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Schedule.Options;

namespace BackupMetricsJob.Cli;

/// <summary>The flags of `run`, and those of the schedule.</summary>
internal static class ScheduleFlags
{
    public static CommandFlags AddTo(DocumentedCommand command)
    {
        var flags = new CommandFlags(command);
        flags.Add(ScheduleSettings.Cron, ScheduleSettings.TimeZone, ScheduleSettings.Grace);
        flags.Add(ScheduleSettings.Cluster, ScheduleSettings.ClusterName, ScheduleSettings.Node);
        flags.Add(ScheduleSettings.Listen, ScheduleSettings.WebConfig, ScheduleSettings.NoPush);
        flags.Add(JobSettings.DryRun with { Help = "Print what each run would push on standard output, and push nothing" });
        JobFlags.AddTo(flags, pushes: true);
        JobFlags.AddRunning(flags);
        flags.Add(JobSettings.Quiet);
        return flags;
    }
}
