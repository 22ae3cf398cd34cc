using BackupMetricsJob.Configuration;

namespace BackupMetricsJob.Schedule.Options;

/// <summary>The settings of the schedule in addition to those of a run: flags and variables.</summary>
internal static class ScheduleSettings
{
    public static readonly TextSetting Cron = new(
        "cron",
        "TEXT",
        "When to run: \"*/5 * * * *\" as in a crontab, or \"0 */5 * * * ?\" as in Quartz, with seconds first"
    )
    {
        Group = SettingGroup.Schedule,
    };

    public static readonly TextSetting TimeZone = new("timezone", "NAME", "Time zone of --cron, like Europe/Zurich (the system's)")
    {
        Group = SettingGroup.Schedule,
    };

    public static readonly DurationSetting Grace = new(
        "grace",
        "How long a run may continue after SIGTERM before it is interrupted",
        TimeSpan.FromSeconds(30)
    )
    {
        Group = SettingGroup.Schedule,
    };

    public static readonly TextSetting Cluster = new(
        "cluster",
        "URI",
        "PostgreSQL database that several hosts share a schedule in, so that each run happens on one of them"
    )
    {
        Group = SettingGroup.Schedule,
    };

    public static readonly TextSetting ClusterName = new(
        "cluster-name",
        "NAME",
        "Name of the shared schedule; hosts with the same name share it (the job's name, and its shard)"
    )
    {
        Group = SettingGroup.Schedule,
    };

    public static readonly TextSetting Node = new("node", "NAME", "Unique name of this host in the cluster (the host name)")
    {
        Group = SettingGroup.Schedule,
    };

    public static readonly TextSetting Listen = new(
        "listen",
        "ADDRESS:PORT",
        "Serve /metrics, /healthz, /readyz and a status page here, like 127.0.0.1:9351; :9351 means every address (off)"
    )
    {
        Group = SettingGroup.Schedule,
    };

    public static readonly TextSetting WebConfig = new(
        "web-config",
        "FILE",
        "TLS and users for --listen, in the format of Prometheus exporters"
    )
    {
        Group = SettingGroup.Schedule,
    };

    public static readonly SwitchSetting NoPush = new("no-push", "Push nothing; the results can be viewed or scraped at --listen")
    {
        Group = SettingGroup.Schedule,
    };
}
