using System.CommandLine;
using BackupMetricsJob.Cli;
using BackupMetricsJob.Configuration;

namespace BackupMetricsJob.Schedule.Options;

/// <summary>The flags of `run`, and those that only a schedule has.</summary>
internal sealed class ScheduleFlags
{
    readonly JobFlags _ofRun;
    readonly List<Option> _options = [];

    public ScheduleFlags(Command command)
    {
        Add(command, "cron", "TEXT", "When to run: \"*/5 * * * *\" as in a crontab, or \"0 */5 * * * ?\" as Quartz has it, the seconds first");
        Add(command, "timezone", "NAME", "The time zone of --cron, like Europe/Zurich (the system's)");
        Add(command, "grace", "DURATION", "How long a run may go on after SIGTERM before it is cut (30s)");
        Add(command, "cluster", "URI", "PostgreSQL database in which several hosts keep one schedule, so that each slot runs on one of them");
        Add(command, "cluster-name", "NAME", "Hosts with the same name in that database share one schedule (the job's name, and its shard)");
        Add(command, "node", "NAME", "This host's name in the cluster; no two may have the same (the host name)");
        Switch(command, "no-push", "Push nothing; what a run found is only to be looked at");
        Switch(command, "dry-run", "Print on standard output what each run would push, and push nothing");
        _ofRun = new JobFlags(command, pushes: true);
    }

    /// <summary>What was typed. An option that was not given is not there.</summary>
    public Flags Read(ParseResult parsed)
    {
        var flags = _ofRun.Read(parsed);
        foreach (var option in _options)
        {
            if (parsed.GetResult(option) is { Implicit: false } result)
                flags.Add(option.Name[2..], option.Arity.Equals(ArgumentArity.Zero) ? ["true"] : [.. result.Tokens.Select(token => token.Value)]);
        }

        return flags;
    }

    void Add(Command command, string name, string value, string help) =>
        Add(command, new Option<string>("--" + name) { HelpName = value, Description = $"{help} [{Settings.Variable(name)}]" });

    void Switch(Command command, string name, string help) =>
        Add(command, new Option<string>("--" + name) { Arity = ArgumentArity.Zero, Description = $"{help} [{Settings.Variable(name)}]" });

    void Add(Command command, Option option)
    {
        _options.Add(option);
        command.Options.Add(option);
    }
}
