using BackupMetricsJob.Configuration;
using BackupMetricsJob.Pushgateway;

namespace BackupMetricsJob.Cli;

/// <summary>The flags that say what a run does. Every command that probes databases has them.</summary>
internal static class JobFlags
{
    public static void AddTo(FlagSet flags, bool pushes)
    {
        flags.AddSwitch("verbose", "Print the stack trace of a bug");
        flags.Add(
            "config",
            "FILE",
            "YAML file with all settings and any number of targets: docs/configuration.md. Flags and variables override it"
        );
        flags.Add("config-dir", "DIR", "Directory with more *.yaml and *.yml files, each with its own defaults and targets");
        flags.AddMany(
            "target",
            "NAME",
            pushes
                ? "Probe only this target of the files. The result is printed, not pushed, unless --grouping puts it in a group of "
                    + "its own; repeatable (all)"
                : "Show only this target of the files; repeatable (all)"
        );
        flags.AddConnection();
        flags.Add(
            "catalogue",
            "URI",
            "Database of the catalogue that has the backups of this database (that of --connection); adds the source catalog"
        );
        if (pushes)
        {
            flags.AddMany("gateway", "URL", "Pushgateway, like http://pushgateway:9091; repeatable: each one must get the push");
            AddGatewayAccess(flags, "Timeout for the first attempt of a push", PushBudget.DefaultAttemptTimeout);
            flags.Add("job", "NAME", $"Label job of the pushed group ({JobDefaults.Job})");
        }

        flags.Add("instance", "NAME", "Label instance of the database (HOST:PORT of the connection)");
        flags.AddMany("label", "NAME=VALUE", "Label to add to every series of the database; repeatable");
        if (pushes)
            flags.AddMany("grouping", "NAME=VALUE", "Label to add to the grouping key; repeatable");
        flags.AddMany("source", "NAME", "Where the facts come from: server, catalog, pgmonitor, query, pgwatch; repeatable (server)");
        flags.AddMany(
            "server",
            "PATTERN",
            "Servers of the catalogue to publish, each as an instance; * matches any text. A name without * keeps its limits while the "
                + "catalogue is down; repeatable (all)"
        );
        flags.AddMany(
            "receiver",
            "NAME",
            "Replication slot or application_name of a WAL receiver that is an archive, although it reports an apply position as a standby "
                + "does; repeatable"
        );
        flags.AddMany(
            "without",
            "wal|label",
            "Skip what the role cannot read on the source server: pg_wal, or the label of the last base backup; repeatable"
        );
        flags.Add(
            "query",
            "FILE",
            "File with a SELECT for the source query. One row is one backup, with the columns type, finished_at or age_seconds, and "
                + "server, tool, started_at, size_bytes, stored_bytes, state, backup_id"
        );
        flags.AddMany(
            "max-age",
            "TYPE=AGE",
            "How old a backup may be: base=26h, base:warning=26h, wal=none; repeatable (base 26h and 50h, wal 15m and 1h)"
        );
        flags.AddDuration("timeout", "Timeout for each database", JobDefaults.Timeout);
        flags.AddDuration("deadline", "Time limit for the whole run, including the push", JobDefaults.Deadline);
        flags.Add("concurrency", "N", "Number of databases to probe at once (8 per core, from 16 to 64)");
        if (pushes)
        {
            flags.AddDuration("splay", "Delay the start by up to this long, always the same for this machine and group", TimeSpan.Zero);
            flags.Add("shard", "I/N", "Probe only part I (from 0) of N parts of the targets, and push it as a group of its own");
            flags.Add("shards", "N", "The same, with I taken from JOB_COMPLETION_INDEX, which a Kubernetes Indexed Job sets");
            flags.AddDuration("interval", "How often this job runs. It is published, so that an alert can notice when a run is missing");
            flags.Add("legacy-names", "true|false", "Also publish pghoard_last_upload_age and walg_last_upload (true)");
            flags.Add("log-format", "text|json", "Format of the report on standard error (text)");
        }

        flags.Add("fail-on", "any|never", "Whether a database that could not be probed makes the exit code 69 (any)");
    }

    public static void AddGatewayAccess(FlagSet flags, string timeoutHelp, TimeSpan defaultTimeout)
    {
        flags.Add("gateway-username", "NAME", "User name at each gateway (basic authentication)");
        flags.Add("gateway-password-file", "FILE", "File with the password of that user");
        flags.Add("gateway-token-file", "FILE", "File with a bearer token for each gateway, instead of user and password");
        flags.Add("gateway-ca-file", "FILE", "CA certificates (PEM) that the gateway is checked against (the operating system's)");
        flags.Add("gateway-cert-file", "FILE", "Client certificate (PEM), with its intermediate certificates");
        flags.Add("gateway-key-file", "FILE", "Key of the client certificate (PEM), if it is not in the same file");
        flags.AddDuration("gateway-timeout", timeoutHelp, defaultTimeout);
    }
}
