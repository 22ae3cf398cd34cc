namespace BackupMetricsJob.Cli;

/// <summary>
/// The flags that say what a run does; every command that makes one has them. Their values are read in Configuration, not here.
/// </summary>
internal static class JobFlags
{
    public static void AddTo(FlagSet flags, bool pushes)
    {
        flags.AddSwitch("verbose", "Tell more");
        flags.Add(
            "config",
            "FILE",
            "Everything in a YAML file, many databases in it: docs/configuration.md. Flags and variables go before it"
        );
        flags.Add("config-dir", "DIR", "Further *.yaml and *.yml files, each with defaults and targets of its own");
        flags.AddMany(
            "target",
            "NAME",
            pushes
                ? "Only this target of the files, printed and not pushed unless --grouping makes a group of it; repeatable (all)"
                : "Only this target of the files; repeatable (all)"
        );
        flags.AddConnection();
        if (pushes)
            AddGateway(flags);
        if (pushes)
            flags.Add("job", "NAME", "The label job of the group that is pushed (backup_metrics)");
        flags.Add("instance", "NAME", "The label instance of the database (HOST:PORT of the connection)");
        flags.AddMany("label", "NAME=VALUE", "A label for every series of the database; repeatable");
        if (pushes)
            flags.AddMany("grouping", "NAME=VALUE", "A further label of the grouping key; repeatable");
        flags.AddMany("source", "NAME", "Where facts come from: server, catalog, pgmonitor, query, pgwatch; repeatable (server)");
        flags.AddMany(
            "server",
            "PATTERN",
            "Which servers of the catalogue, each an instance; * is any text, and a name without it keeps its limits while the "
                + "catalogue is down; repeatable (all)"
        );
        flags.AddMany(
            "receiver",
            "NAME",
            "The replication slot or application_name of a WAL receiver that is an archive, "
                + "though it reports an apply position as a standby does; repeatable"
        );
        flags.AddMany(
            "without",
            "wal|label",
            "What of the source server to do without, where it is not to be had: pg_wal, or the label of the last base backup; repeatable"
        );
        flags.Add(
            "query",
            "FILE",
            "A SELECT of one row a backup, for the source query: columns type, finished_at or age_seconds, and server, tool, "
                + "started_at, size_bytes, stored_bytes, state, backup_id"
        );
        flags.AddMany(
            "max-age",
            "TYPE=AGE",
            "How old a backup may be: base=26h, base:warning=26h, wal=none; repeatable (base 26h and 50h, wal 15m and 1h)"
        );
        flags.Add("timeout", "DURATION", "For each database (15s)");
        flags.Add("deadline", "DURATION", "For the whole run, the push included (60s)");
        flags.Add("concurrency", "N", "How many databases are asked at once (8 a core, 16 to 64)");
        if (pushes)
            flags.Add("splay", "DURATION", "Start up to this much later, always the same for this machine and group (0s)");
        if (pushes)
            flags.Add("shard", "I/N", "Only the part I (from 0) of N parts of the targets, pushed as a group of its own");
        if (pushes)
            flags.Add("shards", "N", "The same, the part's number from JOB_COMPLETION_INDEX as a Kubernetes Indexed Job has it");
        if (pushes)
            flags.Add("interval", "DURATION", "How often this job is meant to run; published, so that an alert can tell when it did not");
        if (pushes)
            flags.Add("legacy-names", "true|false", "Whether pghoard_last_upload_age and walg_last_upload are published too (true)");
        if (pushes)
            flags.Add("log-format", "text|json", "How the report on standard error is written (text)");
        flags.Add("fail-on", "any|never", "Whether a database that could not be probed makes the exit code 69 (any)");
    }

    static void AddGateway(FlagSet flags)
    {
        flags.AddMany("gateway", "URL", "Pushgateway, like http://pushgateway:9091; repeatable: each must get the push");
        flags.Add("gateway-username", "NAME", "User for each gateway (basic authentication)");
        flags.Add("gateway-password-file", "FILE", "File with the user's password");
        flags.Add("gateway-token-file", "FILE", "File with a bearer token for each gateway");
        flags.Add("gateway-ca-file", "FILE", "Certificates (PEM) that may have signed the gateway's (the operating system's)");
        flags.Add("gateway-cert-file", "FILE", "Our own certificate (PEM)");
        flags.Add("gateway-key-file", "FILE", "Its key (PEM), where it is not in the same file");
        flags.Add("gateway-timeout", "DURATION", "For the first attempt of a push (10s)");
    }
}
