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
    static readonly TimeSpan DefaultTimeout = TimeSpan.FromHours(6);

    public static void AddTo(FlagSet flags)
    {
        flags.AddSwitch("verbose", "Print the stack trace of a bug");
        flags.Add("tool", "TOOL", "What made the backup: " + string.Join(", ", DrillTools.Names));
        flags.Add("server", "NAME", "Server that the backup is of: label instance, and its name in the catalogue (the stanza)");
        flags.Add("stanza", "NAME", "pgBackRest's stanza, or Barman's server");
        flags.AddMany(
            "directory",
            "DIR",
            "Directory made by pg_basebackup, plain or tar; repeat it for incremental ones, the full one first"
        );
        flags.Add("archive", "DIR|COMMAND", "Directory with archived WAL, or a restore_command with %f and %p (the WAL in the backup)");
        flags.Add("dump", "PATH", "File or directory made by pg_dump");
        flags.Add("restore-command", "COMMAND", "Shell line that restores a data directory to %d");
        flags.AddSwitch("snapshot", "What --restore-command restores is an atomic snapshot of the storage, without backup_label");
        flags.Add("tool-config", "FILE", "Configuration file of pgBackRest, Barman or wal-g (the one that it finds itself)");
        flags.Add("work-dir", "DIR", "Directory in which the drill makes a folder of its own, and removes it (TMPDIR)");
        flags.Add("bin-dir", "DIR", "PostgreSQL's programs of the backup's major version (looked for)");
        flags.Add("query", "FILE", "SELECTs that must return true in each row, run on what was restored");
        flags.Add("database", "NAME", "Database for --query (postgres; of a dump, the one it was loaded into)");
        flags.Add("superuser", "NAME", "Superuser of the restored cluster (postgres)");
        flags.Add("preload", "LIBRARIES", "shared_preload_libraries that the cluster cannot be read without (none)");
        flags.AddSwitch("amcheck", "Also run pg_amcheck on every database");
        flags.AddDuration("timeout", "Time limit for the drill", DefaultTimeout);
        flags.AddSwitch("keep", "Leave the restored cluster there, stopped");
        flags.AddConnection();
        flags.Add("catalog", "URI", "Database of the catalogue that the drill is recorded in");
        flags.AddMany("gateway", "URL", "Pushgateway that the result is pushed to; repeatable");
        JobFlags.AddGatewayAccess(flags, "Timeout for the first attempt of a push", PushBudget.DefaultAttemptTimeout);
        flags.Add("job", "NAME", $"Label job of the pushed group ({JobDefaults.Job})");
        flags.AddMany("grouping", "NAME=VALUE", "Label to add to the grouping key, beside job, drill and tool; repeatable");
        flags.AddMany("label", "NAME=VALUE", "Label to add to every series; repeatable");
    }

    /// <summary>Null if there is a problem.</summary>
    public static DrillSettings? Read(Settings settings, ProcessContext context, BuildVersion build, List<Problem> problems)
    {
        OutputOptions.ReadChoice(settings, "verbose", "false", "true", problems);
        var tool = ReadTool(settings, problems);
        var server = settings.One("server") ?? settings.One("stanza");
        if (server is null && tool is not (DrillTool.PgBackRest or DrillTool.Barman))
            problems.Add(Missing("server", "the name of the server that the backup is of"));
        else if (server is not null && (server.Value.Trim().Length == 0 || !LabelParser.IsWellFormed(server.Value)))
            problems.Add(server.InvalidValue("a name without control characters"));
        if (tool is { } known)
            CheckNeeds(settings, known, problems);
        var labels = LabelParser.Read(settings.All("label"), problems);
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
            Stanza = settings.One("stanza")?.Value,
            ToolConfig = settings.One("tool-config")?.Value,
            Directories = [.. settings.All("directory").Select(one => one.Value)],
            Archive = settings.One("archive")?.Value,
            Dump = settings.One("dump")?.Value,
            RestoreCommand = settings.One("restore-command")?.Value,
            IsSnapshot = OutputOptions.ReadChoice(settings, "snapshot", "false", "true", problems),
            WorkDirectory = settings.One("work-dir")?.Value ?? Path.GetTempPath(),
            BinDirectory = settings.One("bin-dir")?.Value,
            QueryFile = settings.One("query")?.Value,
            Database = settings.One("database")?.Value ?? "postgres",
            Superuser = settings.One("superuser")?.Value ?? "postgres",
            Preload = settings.One("preload")?.Value ?? "",
            Amcheck = OutputOptions.ReadChoice(settings, "amcheck", "false", "true", problems),
            Timeout = DurationParser.Read(settings.One("timeout"), problems) ?? DefaultTimeout,
            Keep = OutputOptions.ReadChoice(settings, "keep", "false", "true", problems),
        };
        return problems.Count > 0 || publication is null ? null : new(options, publication, asked);
    }

    static DrillTool? ReadTool(Settings settings, List<Problem> problems)
    {
        if (settings.One("tool") is not { } setting)
            problems.Add(Missing("tool", "what made the backup: " + string.Join(", ", DrillTools.Names)));
        else if (DrillTools.Parse(setting.Value) is { } tool)
            return tool;
        else
            problems.Add(setting.InvalidValue("one of " + string.Join(", ", DrillTools.Names)));
        return null;
    }

    /// <summary>What each tool cannot do without, and what only another one uses.</summary>
    static void CheckNeeds(Settings settings, DrillTool tool, List<Problem> problems)
    {
        var needed = tool switch
        {
            DrillTool.BaseBackup => "directory",
            DrillTool.PgBackRest or DrillTool.Barman => "stanza",
            DrillTool.Dump => "dump",
            DrillTool.Command => "restore-command",
            _ => null,
        };
        if (needed is not null && settings.All(needed).Count == 0)
            problems.Add(Missing(needed, $"--tool {tool.Name()} needs it"));
        string[] allowed =
        [
            needed ?? "",
            .. tool is DrillTool.BaseBackup or DrillTool.Command ? (string[])["archive"] : [],
            .. tool is DrillTool.Command ? (string[])["snapshot"] : [],
            .. tool is DrillTool.PgBackRest or DrillTool.Barman or DrillTool.WalG ? (string[])["tool-config"] : [],
        ];
        foreach (var name in (string[])["directory", "stanza", "dump", "restore-command", "archive", "snapshot", "tool-config"])
        {
            if (!allowed.Contains(name) && settings.All(name) is [var setting, ..])
                problems.Add(setting.CreateProblem($"is not for --tool {tool.Name()}"));
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
        var catalogue = settings.One("catalog") is null
            ? null
            : ConnectionSetting.Read(settings, context.Environment, problems, name: "catalog");
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
        if (settings.One("connection") is not null && ConnectionSetting.Read(settings, context.Environment, problems) is { } living)
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

    static Problem Missing(string name, string what) =>
        new(ProblemOrigin.Flag, $"--{name} is missing: {what} (or {Settings.Variable(name)})");
}
