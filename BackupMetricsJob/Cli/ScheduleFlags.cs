using System.CommandLine;
using BackupMetricsJob.Schedule.Options;

namespace BackupMetricsJob.Cli;

/// <summary>The flags of `run`, and those of the schedule.</summary>
internal static class ScheduleFlags
{
    public static FlagSet AddTo(Command command)
    {
        var flags = new FlagSet(command);
        flags.Add("cron", "TEXT", "When to run: \"*/5 * * * *\" as in a crontab, or \"0 */5 * * * ?\" as in Quartz, with seconds first");
        flags.Add("timezone", "NAME", "Time zone of --cron, like Europe/Zurich (the system's)");
        flags.AddDuration("grace", "How long a run may continue after SIGTERM before it is interrupted", ScheduleOptions.DefaultGrace);
        flags.Add("cluster", "URI", "PostgreSQL database that several hosts share a schedule in, so that each run happens on one of them");
        flags.Add("cluster-name", "NAME", "Name of the shared schedule; hosts with the same name share it (the job's name, and its shard)");
        flags.Add("node", "NAME", "Unique name of this host in the cluster (the host name)");
        flags.Add(
            "listen",
            "ADDRESS:PORT",
            "Serve /metrics, /healthz, /readyz and a status page here, like 127.0.0.1:9351; :9351 means every address (off)"
        );
        flags.Add("web-config", "FILE", "TLS and users for --listen, in the format of Prometheus exporters");
        flags.AddSwitch("no-push", "Push nothing; the results can be viewed or scraped at --listen");
        flags.AddSwitch("dry-run", "Print what each run would push on standard output, and push nothing");
        JobFlags.AddTo(flags, pushes: true);
        return flags;
    }
}
