using BackupMetricsJob.Configuration;

namespace BackupMetricsJob.Cli;

/// <summary>The flags of a run, in the order of the help. Every command that probes databases has them.</summary>
internal static class JobFlags
{
    public static void AddTo(CommandFlags flags, bool pushes)
    {
        flags.Add(JobSettings.Connection, JobSettings.Config, JobSettings.ConfigDir);
        flags.Add(pushes ? JobSettings.Target : JobSettings.Target with { Help = "Show only this target of the files; repeatable (all)" });
        flags.Add(JobSettings.Catalogue);
        if (pushes)
        {
            flags.Add(GatewayAccess.Url);
            AddGatewayAccess(flags, GatewayAccess.Timeout);
            flags.Add(JobSettings.Textfile, JobSettings.Heartbeat, JobSettings.HeartbeatFile, JobSettings.Job);
        }

        flags.Add(JobSettings.Instance, JobSettings.Label);
        if (pushes)
            flags.Add(JobSettings.Grouping);
        flags.Add(
            JobSettings.Source,
            JobSettings.Server,
            JobSettings.Receiver,
            JobSettings.Without,
            JobSettings.Query,
            JobSettings.MaxAge,
            JobSettings.Copies,
            JobSettings.Window,
            JobSettings.Timeout,
            JobSettings.Deadline,
            JobSettings.Concurrency
        );
        if (pushes)
            flags.Add(JobSettings.Shard, JobSettings.Shards, JobSettings.Interval);
        flags.Add(pushes ? JobSettings.FailOn : JobSettings.FailOnFinding, JobSettings.Verbose);
    }

    /// <summary>Adds the flags that only a pushing command needs.</summary>
    public static void AddRunning(CommandFlags flags) => flags.Add(JobSettings.Splay, JobSettings.LegacyNames, JobSettings.LogFormat);

    public static void AddGatewayAccess(CommandFlags flags, DurationSetting timeout)
    {
        flags.Add(GatewayAccess.Username, GatewayAccess.PasswordFile, GatewayAccess.TokenFile);
        flags.Add(GatewayAccess.CaFile, GatewayAccess.CertFile, GatewayAccess.KeyFile, timeout);
    }
}
