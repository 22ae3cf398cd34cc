using BackupMetricsJob.Backups;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Drill;
using BackupMetricsJob.Exposition;
using BackupMetricsJob.Postgres;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Reporting;

namespace BackupMetricsJob.Cli;

/// <summary>What a drill's flags and variables say.</summary>
/// <param name="Asked">Who is asked what can be restored, before it is.</param>
internal sealed record DrillSettings(DrillOptions Options, DrillPublication Publication, IReadOnlyList<MonitoredTarget> Asked);

/// <summary>The flags of `backup-metrics drill`.</summary>
internal static class DrillFlags
{
    static readonly TextSetting Tool = new("tool", "TOOL", "What made the backup: " + string.Join(", ", DrillTools.Names));

    static readonly TextSetting Server = new(
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

    static readonly TextSetting WorkDir = new(
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

    static readonly DurationSetting TimeLimit = new("timeout", "Time limit for the drill", TimeSpan.FromHours(6));

    static readonly SwitchSetting Keep = new("keep", "Leave the restored cluster there, stopped");

    public static void AddTo(FlagSet flags)
    {
        flags.Add(JobSettings.Verbose, Tool with { Words = DrillTools.Names }, Server);
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

    /// <summary>Null if there is a problem.</summary>
    public static DrillSettings? Read(Settings settings, ProcessContext context, BuildVersion build, List<Problem> problems)
    {
        JobSettings.Verbose.IsOther(settings, problems);
        var tool = ReadTool(settings, problems);
        var server = settings.One(Server) ?? settings.One(Stanza);
        if (server is null && tool is not (DrillTool.PgBackRest or DrillTool.Barman))
            problems.Add(Missing(Server, "the name of the server that the backup is of"));
        else if (server is not null && (server.Value.Trim().Length == 0 || !LabelParser.IsWellFormed(server.Value)))
            problems.Add(server.InvalidValue("a name without control characters"));
        if (tool is { } known)
            CheckNeeds(settings, known, problems);
        CheckPlaces(settings, problems);
        var labels = LabelParser.Read(settings.All(JobSettings.Label), problems);
        var instance = new Instance(
            server?.Value ?? "",
            [.. labels.Select(label => new InstanceLabel(label.Name, label.Value))],
            [],
            [SourceName.Server]
        );
        var publication = ReadPublication(settings, context, build, instance, tool, labels, problems);
        var asked = ReadAsked(settings, context, instance, publication?.Catalogue, problems);
        var options = new DrillOptions(instance.Name, tool ?? DrillTool.Command)
        {
            Stanza = settings.One(Stanza)?.Value,
            ToolConfig = settings.One(ToolConfig)?.Value,
            Directories = [.. settings.All(BackupDirectory).Select(one => one.Value)],
            Archive = settings.One(Archive)?.Value,
            Dump = settings.One(Dump)?.Value,
            RestoreCommand = settings.One(RestoreCommand)?.Value,
            IsSnapshot = Snapshot.IsOther(settings, problems),
            WorkDirectory = settings.One(WorkDir)?.Value ?? Path.GetTempPath(),
            BinDirectory = settings.One(BinDir)?.Value,
            QueryFile = settings.One(QueryFile)?.Value,
            Database = settings.One(Database)?.Value ?? "postgres",
            Superuser = settings.One(Superuser)?.Value ?? "postgres",
            Preload = settings.One(Preload)?.Value ?? "",
            Amcheck = Amcheck.IsOther(settings, problems),
            Timeout = TimeLimit.Read(settings, problems) ?? TimeLimit.Default!.Value,
            Keep = Keep.IsOther(settings, problems),
        };
        return problems.Count > 0 || publication is null ? null : new(options, publication, asked);
    }

    static DrillTool? ReadTool(Settings settings, List<Problem> problems)
    {
        if (settings.One(Tool) is not { } setting)
            problems.Add(Missing(Tool, "what made the backup: " + string.Join(", ", DrillTools.Names)));
        else if (DrillTools.Parse(setting.Value) is { } tool)
            return tool;
        else
            problems.Add(setting.InvalidValue("one of " + string.Join(", ", DrillTools.Names)));
        return null;
    }

    /// <summary>What each tool cannot do without, and what only another one uses.</summary>
    static void CheckNeeds(Settings settings, DrillTool tool, List<Problem> problems)
    {
        SettingDefinition? needed = tool switch
        {
            DrillTool.BaseBackup => BackupDirectory,
            DrillTool.PgBackRest or DrillTool.Barman => Stanza,
            DrillTool.Dump => Dump,
            DrillTool.Command => RestoreCommand,
            _ => null,
        };
        if (needed is not null && settings.All(needed).Count == 0)
            problems.Add(Missing(needed, $"--tool {tool.Name()} needs it"));
        SettingDefinition?[] allowed =
        [
            needed,
            .. tool is DrillTool.BaseBackup or DrillTool.Command ? (SettingDefinition[])[Archive] : [],
            .. tool is DrillTool.Command ? (SettingDefinition[])[Snapshot] : [],
            .. tool is DrillTool.PgBackRest or DrillTool.Barman or DrillTool.WalG ? (SettingDefinition[])[ToolConfig] : [],
        ];
        foreach (var definition in (SettingDefinition[])[BackupDirectory, Stanza, Dump, RestoreCommand, Archive, Snapshot, ToolConfig])
        {
            if (!allowed.Contains(definition) && settings.All(definition) is [var setting, ..])
                problems.Add(setting.CreateProblem($"is not for --tool {tool.Name()}"));
        }
    }

    /// <summary>What is missing here says nothing about the backup, so it is found before the drill, and not published.</summary>
    static void CheckPlaces(Settings settings, List<Problem> problems)
    {
        MustExist(QueryFile, File.Exists, "a file");
        MustExist(ToolConfig, File.Exists, "a file");
        MustExist(BinDir, Directory.Exists, "a directory");
        MustExist(WorkDir, Directory.Exists, "a directory");
        if (settings.One(WorkDir) is not { } work)
            return;
        foreach (var backup in settings.All(BackupDirectory))
        {
            if ((Path.GetFullPath(work.Value) + '/').StartsWith(Path.GetFullPath(backup.Value) + '/', StringComparison.Ordinal))
                problems.Add(work.InvalidValue("outside the backup"));
        }

        void MustExist(SettingDefinition place, Func<string, bool> exists, string what)
        {
            if (settings.One(place) is { } setting && !exists(setting.Value))
                problems.Add(setting.InvalidValue($"{what} that exists, and that this user may see"));
        }
    }

    static DrillPublication? ReadPublication(
        Settings settings,
        ProcessContext context,
        BuildVersion build,
        Instance instance,
        DrillTool? tool,
        List<TargetLabel> labels,
        List<Problem> problems
    )
    {
        var gateways = new GatewayReader(settings, context.Environment, problems).Read(files: null, isNeeded: false);
        var catalogue = settings.One(JobSettings.Catalogue) is null
            ? null
            : ConnectionSetting.Read(settings, context.Environment, problems, database: JobSettings.Catalogue);
        var job = GroupReader.Job(settings, files: null);
        var own = GroupReader.ReadExtraLabels(settings, files: null, problems);
        var messages = new List<string>();
        var group = GroupingKey.TryCreate(
            job.Value,
            [
                new("drill", instance.Name),
                new("tool", tool?.Name() ?? ""),
                .. own.Select(label => new GroupingLabel(label.Name, label.Value)),
            ],
            messages
        );
        foreach (var message in messages)
            problems.Add(job.CreateProblem(message));
        if (group is null)
            return null;
        GroupReader.RejectConflicts(group, labels, [], problems);
        return new(instance, catalogue, gateways, group, build);
    }

    static List<MonitoredTarget> ReadAsked(
        Settings settings,
        ProcessContext context,
        Instance instance,
        ConnectionSettings? catalogue,
        List<Problem> problems
    )
    {
        var asked = new List<MonitoredTarget>();
        if (
            settings.One(JobSettings.Connection) is not null
            && ConnectionSetting.Read(settings, context.Environment, problems) is { } living
        )
            asked.Add(new(new Target(instance.Name, living, JobDefaults.Timeout), instance, SourceSettings.Default));
        if (catalogue is not null)
        {
            var name = $"catalogue of {instance.Name}";
            asked.Add(
                new(
                    new Target(name, catalogue, JobDefaults.Timeout),
                    new Instance(name, [], [], [SourceName.Catalog]),
                    new SourceSettings(new ServerPatterns([instance.Name]), null)
                )
            );
        }

        return asked;
    }

    static Problem Missing(SettingDefinition missing, string what) =>
        new(ProblemOrigin.Flag, $"--{missing.Name} is missing: {what} (or {Settings.Variable(missing.Name)})");
}
