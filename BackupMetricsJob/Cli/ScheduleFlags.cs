using System.CommandLine;

namespace BackupMetricsJob.Cli;

/// <summary>The flags of `run`, and those that only a schedule has.</summary>
internal static class ScheduleFlags
{
    public static FlagSet AddTo(Command command)
    {
        var flags = new FlagSet(command);
        flags.Add("cron", "TEXT", "When to run: \"*/5 * * * *\" as in a crontab, or \"0 */5 * * * ?\" as Quartz has it, the seconds first");
        flags.Add("timezone", "NAME", "The time zone of --cron, like Europe/Zurich (the system's)");
        flags.Add("grace", "DURATION", "How long a run may go on after SIGTERM before it is cut (30s)");
        flags.Add("cluster", "URI", "PostgreSQL database in which several hosts keep one schedule, so that each slot runs on one of them");
        flags.Add("cluster-name", "NAME", "Hosts with the same name in that database share one schedule (the job's name, and its shard)");
        flags.Add("node", "NAME", "This host's name in the cluster; no two may have the same (the host name)");
        flags.Add(
            "listen",
            "ADDRESS:PORT",
            "Serve /metrics, /healthz, /readyz and a page for people, like 127.0.0.1:9351; :9351 is every address (off)"
        );
        flags.Add("web-config", "FILE", "TLS and users of --listen, as the exporters of Prometheus have it");
        flags.AddSwitch("no-push", "Push nothing; what a run found is only to be looked at, or scraped");
        flags.AddSwitch("dry-run", "Print on standard output what each run would push, and push nothing");
        JobFlags.AddTo(flags, pushes: true);
        return flags;
    }
}
