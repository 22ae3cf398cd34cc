namespace BackupMetricsJob.Configuration;

/// <summary>The settings of a run: flags, and the corresponding variables.</summary>
internal static class JobSettings
{
    public static readonly SwitchSetting Verbose = new("verbose", "Print the stack trace of a bug") { Group = SettingGroup.Advanced };

    public static readonly TextSetting Config = new(
        "config",
        "FILE",
        "YAML file with all settings and any number of targets: docs/configuration.md. Flags and variables override it"
    );

    public static readonly TextSetting ConfigDir = new(
        "config-dir",
        "DIR",
        "Directory with more *.yaml and *.yml files, each with its own defaults and targets"
    )
    {
        Group = SettingGroup.Connection,
    };

    public static readonly ListSetting Target = new(
        "target",
        "NAME",
        "Probe only this target of the files. The result is printed, not pushed, unless --grouping puts it in a group of its own; "
            + "repeatable (all)"
    )
    {
        Group = SettingGroup.Connection,
    };

    public static readonly TextSetting Connection = new(
        "connection",
        "URI",
        "Database: postgresql://user@host/db or \"host=... user=...\". libpq's environment (PGHOST, ...) fills in what is missing"
    );

    public static readonly TextSetting Catalogue = new(
        "catalogue",
        "URI",
        "Database of the catalogue that has the backups of this database (that of --connection); adds the source catalog"
    )
    {
        Group = SettingGroup.Evidence,
    };

    public static readonly TextSetting Textfile = new(
        "textfile",
        "FILE",
        "Also write the metrics to this file, NAME.prom, for node_exporter's textfile collector. No gateway is needed then"
    )
    {
        Group = SettingGroup.Gateway,
    };

    public static readonly TextSetting Heartbeat = new(
        "heartbeat",
        "URL",
        "Called after each run that finds all well and delivers it; URL/fail after any other, URL/start before (healthchecks.io)"
    )
    {
        Group = SettingGroup.Gateway,
    };

    public static readonly TextSetting HeartbeatFile = new(
        "heartbeat-file",
        "FILE",
        "File with that URL, which is a secret: others can read a command line"
    )
    {
        Group = SettingGroup.Gateway,
    };

    public static readonly TextSetting Job = new("job", "NAME", $"Label job of the pushed group ({JobDefaults.Job})")
    {
        Group = SettingGroup.Gateway,
    };

    public static readonly TextSetting Instance = new("instance", "NAME", "Label instance of the database (HOST:PORT of the connection)");

    public static readonly ListSetting Label = new("label", "NAME=VALUE", "Label to add to every series of the database; repeatable");

    public static readonly ListSetting Grouping = new("grouping", "NAME=VALUE", "Label to add to the grouping key; repeatable")
    {
        Group = SettingGroup.Gateway,
    };

    public static readonly ListSetting Source = new(
        "source",
        "NAME",
        "Where the facts come from: server, catalog, pgmonitor, query, pgwatch; repeatable (server)"
    )
    {
        Group = SettingGroup.Evidence,
        Words = ["server", "catalog", "pgmonitor", "query", "pgwatch"],
    };

    public static readonly ListSetting Server = new(
        "server",
        "PATTERN",
        "Servers of the catalogue to publish, each as an instance; * matches any text. A name without * keeps its limits while the "
            + "catalogue is down; repeatable (all)"
    )
    {
        Group = SettingGroup.Evidence,
    };

    public static readonly ListSetting Receiver = new(
        "receiver",
        "NAME",
        "Replication slot or application_name of a WAL receiver that is an archive, although it reports an apply position as a standby "
            + "does; repeatable"
    )
    {
        Group = SettingGroup.Evidence,
    };

    public static readonly ListSetting Without = new(
        "without",
        "wal|label",
        "Skip what the role cannot read on the source server: pg_wal, or the label of the last base backup; repeatable"
    )
    {
        Group = SettingGroup.Evidence,
    };

    public static readonly TextSetting Query = new(
        "query",
        "FILE",
        "File with a SELECT for the source query. One row is one backup, with the columns type, finished_at or age_seconds, and "
            + "server, tool, started_at, size_bytes, stored_bytes, state, backup_id"
    )
    {
        Group = SettingGroup.Evidence,
    };

    public static readonly ListSetting MaxAge = new(
        "max-age",
        "TYPE=AGE",
        "How old a backup may be: base=26h, base:warning=26h, wal=none; repeatable (base 26h and 50h, wal 15m and 1h)"
    );

    public static readonly NumberSetting Copies = new(
        "copies",
        "In how many storages or repositories a backup must be that is new enough (not checked)",
        1,
        JobDefaults.MaxCopies
    );

    public static readonly ListSetting Window = new(
        "window",
        "AGE",
        "How far back a restore must reach: 28d, warning=35d, or none; repeatable (not checked)"
    );

    public static readonly DurationSetting Timeout = new("timeout", "Timeout for each database", JobDefaults.Timeout)
    {
        Group = SettingGroup.Connection,
    };

    public static readonly DurationSetting Deadline = new(
        "deadline",
        "Time limit for the whole command, including any push",
        JobDefaults.Deadline
    )
    {
        Group = SettingGroup.Advanced,
    };

    public static readonly NumberSetting Concurrency = new(
        "concurrency",
        "Number of databases to probe at once (8 per core, from 16 to 64)",
        1,
        JobDefaults.MaxConcurrency
    )
    {
        Group = SettingGroup.Advanced,
    };

    public static readonly DurationSetting Splay = new(
        "splay",
        "Delay the start by up to this long, always the same for this machine and group",
        TimeSpan.Zero
    )
    {
        Group = SettingGroup.Advanced,
        MayBeZero = true,
    };

    public static readonly TextSetting Shard = new(
        "shard",
        "I/N",
        "Probe only part I (from 0) of N parts of the targets, and push it as a group of its own"
    )
    {
        Group = SettingGroup.Advanced,
    };

    public static readonly TextSetting Shards = new(
        "shards",
        "N",
        "The same, with I taken from JOB_COMPLETION_INDEX, which a Kubernetes Indexed Job sets"
    )
    {
        Group = SettingGroup.Advanced,
    };

    public static readonly DurationSetting Interval = new(
        "interval",
        "How often this job runs. It is published, so that an alert can notice when a run is missing"
    );

    public static readonly ChoiceSetting LegacyNames = new(
        "legacy-names",
        "true",
        "false",
        "true|false",
        "Also publish pghoard_last_upload_age and walg_last_upload (true)"
    )
    {
        Group = SettingGroup.Advanced,
    };

    public static readonly ChoiceSetting LogFormat = new(
        "log-format",
        "text",
        "json",
        "text|json",
        "Format of the report on standard error (text)"
    )
    {
        Group = SettingGroup.Advanced,
    };

    public static readonly ChoiceSetting FailOn = new(
        "fail-on",
        "any",
        "never",
        "any|never",
        "Whether a database that could not be probed makes the exit code 69 (any)"
    )
    {
        Group = SettingGroup.Advanced,
    };

    public static readonly EnumSetting FailOnFinding = new(
        "fail-on",
        "What makes the exit code other than 0: any, a database that could not be probed (69); critical, one that is critical (2) "
            + "or unknown (69); warning, also one with a warning (1)",
        "any",
        "never",
        "warning",
        "critical"
    )
    {
        Group = SettingGroup.Advanced,
    };

    public static readonly SwitchSetting DryRun = new("dry-run", "Print what would be pushed on standard output, and push nothing");

    public static readonly SwitchSetting Quiet = new(
        "quiet",
        "Write nothing to standard error unless something is wrong, or there is a warning"
    );

    public static readonly ListSetting Import = new(
        "import",
        "TOOL[=FILE]",
        "Import the list that a tool prints before the run, from FILE or standard input: the backups of --instance, or with "
            + "--source catalog those of each server that the list names; repeatable"
    )
    {
        Group = SettingGroup.Evidence,
    };

    public static readonly DurationSetting ImportTimeout = new("import-timeout", "Timeout for each import", JobDefaults.ImportTimeout)
    {
        Group = SettingGroup.Evidence,
    };
}
