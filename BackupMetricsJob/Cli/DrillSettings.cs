using BackupMetricsJob.Configuration;
using BackupMetricsJob.Drill;

namespace BackupMetricsJob.Cli;

/// <summary>The flags of `backup-metrics drill`: those that describe one drill, and those that apply to all targets of a file.</summary>
internal static class DrillSettings
{
    static readonly TextSetting Tool = new("tool", "TOOL", "What made the backup: " + string.Join(", ", DrillTools.Names));

    public static readonly TextSetting Server = new(
        "server",
        "NAME",
        "Server that the backup is of: label instance, and its name in the catalogue (the stanza)"
    );

    static readonly TextSetting Stanza = new("stanza", "NAME", "pgBackRest's stanza, or Barman's server");

    static readonly ListSetting BackupDirectory = new(
        "directory",
        "DIR",
        "Directory made by pg_basebackup, plain or tar; repeat it for incremental ones, the full one first"
    );

    static readonly TextSetting Archive = new(
        "archive",
        "DIR|COMMAND",
        "Directory with archived WAL, or a restore_command with %f and %p (the WAL in the backup)"
    );

    static readonly TextSetting Dump = new("dump", "PATH", "File or directory made by pg_dump");

    static readonly TextSetting RestoreCommand = new("restore-command", "COMMAND", "Shell line that restores a data directory to %d");

    static readonly SwitchSetting Snapshot = new(
        "snapshot",
        "What --restore-command restores is an atomic snapshot of the storage, without backup_label"
    );

    static readonly TextSetting ToolConfig = new(
        "tool-config",
        "FILE",
        "Configuration file of pgBackRest, Barman or wal-g (the one that it finds itself)"
    );

    public static readonly TextSetting WorkDir = new(
        "work-dir",
        "DIR",
        "Directory in which the drill makes a folder of its own, and removes it (TMPDIR)"
    );

    static readonly TextSetting BinDir = new("bin-dir", "DIR", "PostgreSQL's programs of the backup's major version (looked for)");

    static readonly TextSetting QueryFile = new("query", "FILE", "SELECTs that must return true in each row, run on what was restored");

    static readonly TextSetting Database = new(
        "database",
        "NAME",
        "Database for --query (postgres; of a dump, the one it was loaded into)"
    );

    static readonly TextSetting Superuser = new("superuser", "NAME", "Superuser of the restored cluster (postgres)");

    static readonly TextSetting Preload = new(
        "preload",
        "LIBRARIES",
        "shared_preload_libraries that the cluster cannot be read without (none)"
    );

    static readonly SwitchSetting Amcheck = new("amcheck", "Also run pg_amcheck on every database");

    public static readonly DurationSetting TimeLimit = new(
        "timeout",
        "Time limit for the drill, or for all of them",
        TimeSpan.FromHours(6)
    );

    /// <summary>The option to drill only some targets of a file.</summary>
    public static readonly NumberSetting Count = new(
        "count",
        "Drill only N targets of the files: those whose last restore test, by the catalogue, is the oldest",
        1,
        10_000
    );

    public static readonly SwitchSetting Keep = new("keep", "Leave the restored cluster there, stopped");

    /// <summary>These describe one drill. With a file, each target has its own settings in its block "drill".</summary>
    static readonly SettingDefinition[] OfOneDrill =
    [
        Tool,
        Server,
        Stanza,
        BackupDirectory,
        Archive,
        Dump,
        RestoreCommand,
        Snapshot,
        ToolConfig,
        BinDir,
        QueryFile,
        Database,
        Superuser,
        Preload,
        Amcheck,
        JobSettings.Connection,
    ];

    public static void AddTo(CommandFlags flags)
    {
        flags.Add(JobSettings.Verbose, JobSettings.Config, JobSettings.ConfigDir);
        flags.Add(
            JobSettings.Target with
            {
                Help = "Drill only this target of the files; repeatable (all that have a block drill)",
            },
            Count
        );
        flags.Add(Tool with { Words = DrillTools.Names }, Server);
        flags.Add(SettingGroup.Backup, Stanza, BackupDirectory, Archive, Dump, RestoreCommand, Snapshot, ToolConfig);
        flags.Add(SettingGroup.Restore, WorkDir, BinDir, QueryFile, Database, Superuser, Preload, Amcheck, TimeLimit, Keep);
        flags.Add(JobSettings.Connection);
        flags.Add(SettingGroup.Common, JobSettings.Catalogue with { Help = "Database of the catalogue that the drill is recorded in" });
        flags.Add(GatewayAccess.Url with { Help = "Pushgateway that the result is pushed to; repeatable" });
        JobFlags.AddGatewayAccess(flags, GatewayAccess.Timeout);
        flags.Add(
            JobSettings.Job,
            JobSettings.Grouping with
            {
                Help = "Label to add to the grouping key, beside job, drill and tool; repeatable",
            },
            JobSettings.Label with
            {
                Help = "Label to add to every series; repeatable",
            }
        );
    }

    /// <summary>Reads the flags that describe one drill.</summary>
    public static TargetDrill Read(GivenSettings settings, List<Problem> problems) =>
        new()
        {
            Tool = settings.One(Tool),
            Stanza = settings.One(Stanza),
            ToolConfig = settings.One(ToolConfig),
            Directories = settings.All(BackupDirectory),
            Archive = settings.One(Archive),
            Dump = settings.One(Dump),
            RestoreCommand = settings.One(RestoreCommand),
            Snapshot = Snapshot.IsOn(settings, problems) ? settings.One(Snapshot) : null,
            BinDirectory = settings.One(BinDir),
            QueryFile = settings.One(QueryFile),
            Database = settings.One(Database),
            Superuser = settings.One(Superuser),
            Preload = settings.One(Preload),
            Amcheck = Amcheck.IsOn(settings, problems),
        };

    public static void RejectBesideTargetsOfFile(GivenSettings settings, List<Problem> problems)
    {
        foreach (var definition in OfOneDrill)
        {
            if (settings.All(definition) is [var setting, ..])
                problems.Add(
                    setting.CreateProblem("describes a single drill, so it cannot be combined with targets from a file: set it there")
                );
        }
    }
}
