using System.CommandLine;
using BackupMetricsJob.Cli;
using BackupMetricsJob.Configuration;

namespace BackupMetricsJob.Schedule.Options;

/// <summary>The flags of `run`, and those that only a schedule has.</summary>
internal sealed class ScheduleFlags
{
    readonly JobFlags _ofRun;
    readonly FlagSet _own;

    public ScheduleFlags(Command command)
    {
        _own = new(command);
        _own.Add("cron", "TEXT", "When to run: \"*/5 * * * *\" as in a crontab, or \"0 */5 * * * ?\" as Quartz has it, the seconds first");
        _own.Add("timezone", "NAME", "The time zone of --cron, like Europe/Zurich (the system's)");
        _own.Add("grace", "DURATION", "How long a run may go on after SIGTERM before it is cut (30s)");
        _own.Add("cluster", "URI", "PostgreSQL database in which several hosts keep one schedule, so that each slot runs on one of them");
        _own.Add("cluster-name", "NAME", "Hosts with the same name in that database share one schedule (the job's name, and its shard)");
        _own.Add("node", "NAME", "This host's name in the cluster; no two may have the same (the host name)");
        _own.Add("listen", "ADDRESS:PORT", "Serve /metrics, /healthz, /readyz and a page for people, like 127.0.0.1:9351; :9351 is every address (off)");
        _own.Add("web-config", "FILE", "TLS and users of --listen, as the exporters of Prometheus have it");
        _own.AddSwitch("no-push", "Push nothing; what a run found is only to be looked at, or scraped");
        _own.AddSwitch("dry-run", "Print on standard output what each run would push, and push nothing");
        _ofRun = new JobFlags(command, pushes: true);
    }

    /// <summary>What was typed. An option that was not given is not there.</summary>
    public Flags Read(ParseResult parsed)
    {
        var flags = _ofRun.Read(parsed);
        _own.Read(parsed, flags);
        return flags;
    }
}
