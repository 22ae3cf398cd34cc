using System.CommandLine;
using System.Text;
using BackupMetricsJob.Cli.Help;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Pushgateway.Api;
using BackupMetricsJob.Reporting;

namespace BackupMetricsJob.Cli;

/// <summary>
/// backup-metrics delete: removes groups from a gateway, after a job was renamed or has fewer shards. It never removes other programs'
/// groups.
/// </summary>
internal static class DeleteCommand
{
    static readonly DurationSetting OlderThan = new("older-than", "Remove only groups that were last pushed longer ago than this");

    public static Command Create(ProcessContext context)
    {
        var command = new DocumentedCommand(
            "delete",
            "Remove the groups of a job from the Pushgateway, but only groups that backup-metrics pushed"
        )
        {
            Examples =
            [
                new(
                    "what would be deleted of a job that was renamed",
                    "backup-metrics delete --gateway http://pushgateway:9091 --job old_name \\\n  --dry-run"
                ),
                new(
                    "the group of one host that is gone",
                    "backup-metrics delete --gateway http://pushgateway:9091 \\\n  --job backup_metrics --grouping run=db7 --older-than 1d"
                ),
            ],
        };
        var flags = new CommandFlags(command);
        flags.Add(GatewayAccess.Url with { Help = "Pushgateway, like http://pushgateway:9091; repeatable" });
        flags.Add(JobSettings.Job with { Help = "Label job of the groups", Group = SettingGroup.Common });
        flags.Add(SettingGroup.Common, JobSettings.Grouping with { Help = "Label that the groups must also have; repeatable" }, OlderThan);
        JobFlags.AddGatewayAccess(flags, GatewayAccess.Timeout with { Help = "Timeout for each request to a gateway" });
        flags.Add(JobSettings.DryRun with { Help = "Only print what would be deleted" });
        flags.Add(JobSettings.Quiet with { Help = "Write nothing to standard error where there is nothing to delete" });
        command.SetAction((parsed, _) => RunAsync(flags.Read(parsed), context));
        return command;
    }

    static async Task<int> RunAsync(GivenFlags flags, ProcessContext context)
    {
        var settings = new GivenSettings(flags, context.Environment);
        var problems = new List<Problem>();
        var gateways = new GatewayReader(settings, context.Environment, problems).Read(files: null);
        var selection = Selection(settings, problems);
        var dryRun = JobSettings.DryRun.IsOn(settings, problems);
        var quiet = JobSettings.Quiet.IsOn(settings, problems);
        if (problems.Count > 0 || selection is null)
            return CatalogFlags.Report(problems, context);

        await using var list = new StreamWriter(context.Output, new UTF8Encoding(false), leaveOpen: true) { AutoFlush = true };
        var signals = context.Signals;
        var results = new List<PushResult>();
        foreach (var gateway in gateways)
        {
            var deletion = new GroupDeletion(gateway.ToString(), new GatewayApi(gateway, context.Time), list, context.Error)
            {
                Quiet = quiet,
            };
            var result = await deletion.RunAsync(selection, dryRun, signals.Stop);
            // The signal's exit code already says this.
            if (result != PushResult.Cancelled)
                results.Add(result);
        }

        return (int)(ExitCodes.ForPushes(results) ?? signals.Received ?? ExitCode.Success);
    }

    static GroupSelection? Selection(GivenSettings settings, List<Problem> problems)
    {
        var job = settings.One(JobSettings.Job);
        if (job is null)
            problems.Add(
                new(
                    ProblemOrigin.Flag,
                    $"--job is missing: the label job of the groups to delete (or {GivenSettings.Variable(JobSettings.Job.Name)})"
                )
            );
        else if (job.Value.Length == 0)
            problems.Add(job.InvalidValue("the label job of the groups to delete"));
        var labels = LabelParser
            .Read(settings.All(JobSettings.Grouping), problems)
            .ConvertAll(label => new GroupingLabel(label.Name, label.Value));
        var olderThan = TimeSpan.Zero;
        var age = settings.One(OlderThan);
        if (age is not null && !DurationParser.TryParse(age.Value, out olderThan))
            problems.Add(age.InvalidValue(DurationParser.Allowed));
        return job is null ? null : new(job.Value, labels, age is null ? null : olderThan);
    }
}
