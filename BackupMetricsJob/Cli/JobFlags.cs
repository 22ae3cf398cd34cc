using System.CommandLine;
using BackupMetricsJob.Configuration;

namespace BackupMetricsJob.Cli;

/// <summary>The flags that say what a run does; every command that makes one has them. Their values are read in Configuration, not here.</summary>
internal sealed class JobFlags
{
    readonly FlagSet _flags;

    public JobFlags(Command command, bool pushes)
    {
        _flags = new(command);
        _flags.AddSwitch("verbose", "Tell more");
        _flags.Add("config", "FILE", "Everything in a YAML file, many databases in it: docs/configuration.md. Flags and variables go before it");
        _flags.Add("config-dir", "DIR", "Further *.yaml and *.yml files, each with defaults and targets of its own");
        _flags.AddMany("target", "NAME", pushes ? "Only this target of the files, printed and not pushed unless --grouping makes a group of it; repeatable (all)" : "Only this target of the files; repeatable (all)");
        _flags.Add("connection", "URI", "Database: postgresql://user@host/db or \"host=... user=...\"; what it leaves open comes from PGHOST and the rest of libpq's environment");
        if (pushes) AddGateway();
        if (pushes) _flags.Add("job", "NAME", "The label job of the group that is pushed (backup_metrics)");
        _flags.Add("instance", "NAME", "The label instance of the database (HOST:PORT of the connection)");
        _flags.AddMany("label", "NAME=VALUE", "A label for every series of the database; repeatable");
        if (pushes) _flags.AddMany("grouping", "NAME=VALUE", "A further label of the grouping key; repeatable");
        _flags.AddMany("source", "NAME", "Where facts come from: server, catalog, pgmonitor, query, pgwatch; repeatable (server)");
        _flags.AddMany("server", "PATTERN", "Which servers of the catalogue, each an instance; * is any text, and a name without it keeps its limits while the catalogue is down; repeatable (all)");
        _flags.Add("query", "FILE", "A SELECT of one row a backup, for the source query: columns type, finished_at or age_seconds, and server, tool, started_at, size_bytes, stored_bytes, state, backup_id");
        _flags.AddMany("without", "wal|label", "What of the source server to do without, where it is not to be had: pg_wal, or the label of the last base backup; repeatable");
        _flags.AddMany("max-age", "TYPE=AGE", "How old a backup may be: base=26h, base:warning=26h, wal=none; repeatable (base 26h and 50h, wal 15m and 1h)");
        _flags.Add("timeout", "DURATION", "For each database (15s)");
        _flags.Add("deadline", "DURATION", "For the whole run, the push included (60s)");
        _flags.Add("concurrency", "N", "How many databases are asked at once (8 a core, 16 to 64)");
        if (pushes) _flags.Add("splay", "DURATION", "Start up to this much later, always the same for this machine and group (0s)");
        if (pushes) _flags.Add("shard", "I/N", "Only the part I (from 0) of N parts of the targets, pushed as a group of its own");
        if (pushes) _flags.Add("shards", "N", "The same, the part's number from JOB_COMPLETION_INDEX as a Kubernetes Indexed Job has it");
        if (pushes) _flags.Add("interval", "DURATION", "How often this job is meant to run; published, so that an alert can tell when it did not");
        if (pushes) _flags.Add("legacy-names", "true|false", "Whether pghoard_last_upload_age and walg_last_upload are published too (true)");
        if (pushes) _flags.Add("log-format", "text|json", "How the report on standard error is written (text)");
        _flags.Add("fail-on", "any|never", "Whether a database that could not be probed makes the exit code 69 (any)");
    }

    /// <summary>What was typed. An option that was not given is not there.</summary>
    public Flags Read(ParseResult parsed)
    {
        var flags = new Flags();
        _flags.Read(parsed, flags);
        return flags;
    }

    void AddGateway()
    {
        _flags.AddMany("gateway", "URL", "Pushgateway, like http://pushgateway:9091; repeatable: each must get the push");
        _flags.Add("gateway-username", "NAME", "User for each gateway (basic authentication)");
        _flags.Add("gateway-password-file", "FILE", "File with the user's password");
        _flags.Add("gateway-token-file", "FILE", "File with a bearer token for each gateway");
        _flags.Add("gateway-ca-file", "FILE", "Certificates (PEM) that may have signed the gateway's (the operating system's)");
        _flags.Add("gateway-cert-file", "FILE", "Our own certificate (PEM)");
        _flags.Add("gateway-key-file", "FILE", "Its key (PEM), where it is not in the same file");
        _flags.Add("gateway-timeout", "DURATION", "For the first attempt of a push (10s)");
    }
}
