using System.CommandLine;
using System.Text;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Pushgateway.Api;
using BackupMetricsJob.Reporting;

namespace BackupMetricsJob.Cli;

/// <summary>
/// backup-metrics delete: groups of ours are removed from a gateway, after a job was renamed or has fewer shards. Only ours.
/// </summary>
internal static class DeleteCommand
{
    public static Command Create(ProcessContext context)
    {
        var command = new Command(
            "delete",
            "Remove the groups of a job from the Pushgateway: those that backup-metrics pushed, and no other"
        );
        var flags = new FlagSet(command);
        flags.AddMany("gateway", "URL", "Pushgateway, like http://pushgateway:9091; repeatable");
        flags.Add("job", "NAME", "The label job of the groups");
        flags.AddMany("grouping", "NAME=VALUE", "A label that the groups must have, too; repeatable");
        flags.Add("older-than", "DURATION", "Only groups that were last pushed longer ago");
        flags.Add("gateway-username", "NAME", "Who we are to the gateway");
        flags.Add("gateway-password-file", "FILE", "The password of that user");
        flags.Add("gateway-token-file", "FILE", "Or a bearer token");
        flags.Add("gateway-ca-file", "FILE", "The certificates that may have signed the gateway's, in PEM");
        flags.Add("gateway-cert-file", "FILE", "Our own certificate, and those between it and its authority, in PEM");
        flags.Add("gateway-key-file", "FILE", "Its key, unless it is in the same file");
        flags.Add("gateway-timeout", "DURATION", "For one question to the gateway (10s)");
        flags.AddSwitch("dry-run", "Only say what would be deleted");
        command.SetAction((parsed, _) => RunAsync(flags.Read(parsed), context));
        return command;
    }

    static async Task<int> RunAsync(Flags flags, ProcessContext context)
    {
        var settings = new Settings(flags, context.Environment);
        var problems = new List<Problem>();
        var gateways = new GatewayReader(settings, context.Environment, problems).Read(files: null);
        var selection = Selection(settings, problems);
        var dryRun = OutputOptions.ReadChoice(settings, "dry-run", "false", "true", problems);
        if (problems.Count > 0 || selection is null)
            return CatalogFlags.Report(problems, context);

        await using var list = new StreamWriter(context.Output, new UTF8Encoding(false), leaveOpen: true) { AutoFlush = true };
        var signals = context.Signals;
        var results = new List<PushResult>();
        foreach (var gateway in gateways)
        {
            var deletion = new GroupDeletion(gateway.ToString(), new GatewayApi(gateway, context.Time), list, context.Error);
            var result = await deletion.RunAsync(selection, dryRun, signals.Stop);
            // What a signal ended is told by the signal's own code.
            if (result != PushResult.Cancelled)
                results.Add(result);
        }

        return (int)(ExitCodes.Worst(results) ?? signals.Received ?? ExitCode.Success);
    }

    static GroupSelection? Selection(Settings settings, List<Problem> problems)
    {
        var job = settings.One("job");
        if (job is null)
            problems.Add(
                new(ProblemOrigin.Flag, $"--job is missing: the label job of the groups that are to go (or {Settings.Variable("job")})")
            );
        else if (job.Value.Length == 0)
            problems.Add(job.InvalidValue("the label job of the groups that are to go"));
        var labels = LabelParser.Read(settings.All("grouping"), problems).ConvertAll(label => new GroupingLabel(label.Name, label.Value));
        var olderThan = TimeSpan.Zero;
        var age = settings.One("older-than");
        if (age is not null && !DurationParser.TryParse(age.Value, out olderThan))
            problems.Add(age.InvalidValue(DurationParser.Allowed));
        return job is null ? null : new(job.Value, labels, age is null ? null : olderThan);
    }
}
