using BackupMetricsJob.Backups;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Configuration.File;
using BackupMetricsJob.Drill;
using BackupMetricsJob.Exposition;
using BackupMetricsJob.Postgres;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Reporting;

namespace BackupMetricsJob.Cli;

/// <summary>All drills of one command, in the order of the file.</summary>
/// <param name="Drills">The drills; not empty.</param>
/// <param name="Timeout">The time limit for all drills together.</param>
/// <param name="Count">How many of them to run, starting with those whose last restore test is the oldest; null for all.</param>
/// <param name="Catalogue">The catalogue that records the drills; null for none.</param>
internal sealed record DrillPlan(IReadOnlyList<PlannedDrill> Drills, TimeSpan Timeout, int? Count, ConnectionSettings? Catalogue);

/// <summary>Reads the drills: the one that the flags describe, or those of the targets with a block "drill" in a file.</summary>
internal sealed class DrillPlanReader(GivenSettings settings, ProcessContext context, BuildVersion build, List<Problem> problems)
{
    /// <summary>Null if there is a problem.</summary>
    public DrillPlan? Read()
    {
        JobSettings.Verbose.Check(settings, problems);
        var (file, directory) = (settings.One(JobSettings.Config), settings.One(JobSettings.ConfigDir));
        var files = file is null && directory is null ? null : FileReader.Read(file, directory, problems);
        var gateways = new GatewayReader(settings, context.Environment, problems).Read(files, isNeeded: false);
        var catalogue = settings.One(JobSettings.Catalogue) is null
            ? null
            : ConnectionSetting.Read(settings, context.Environment, problems, database: JobSettings.Catalogue);
        var work = settings.One(DrillSettings.WorkDir);
        var timeout = DrillSettings.TimeLimit.Read(settings, problems) ?? DrillSettings.TimeLimit.Default!.Value;
        var keep = DrillSettings.Keep.IsOn(settings, problems);
        var labels = LabelParser.Read(settings.All(JobSettings.Label), problems);
        var drills =
            files is { Targets.Count: > 0 } ? ReadTargets(files, labels)
            : files is { IsValid: false } ? []
            : [ReadFlags(labels)];
        var planned = new List<PlannedDrill>(drills.Count);
        foreach (var drill in drills)
        {
            var tool = DrillOptionsReader.ReadTool(drill.Settings, drill.Place, problems);
            var publication = ReadPublication(drill.Target.Instance, tool, files, gateways, catalogue, drill.Labels);
            if (tool is null)
                continue;
            var options = new DrillOptionsReader(drill.Target.Instance.Name, drill.Settings, drill.Place, problems).Read(
                tool.Value,
                work,
                timeout,
                keep
            );
            if (publication is not null)
                planned.Add(
                    new(options with { LiveServer = drill.Target.Target?.Connection }, publication, Asked(drill.Target, catalogue))
                );
        }

        var count = ReadCount(files, catalogue);
        return problems.Count > 0 ? null : new(planned, timeout, count, catalogue);
    }

    int? ReadCount(FileSettings? files, ConnectionSettings? catalogue)
    {
        if (settings.One(DrillSettings.Count) is not { } setting)
            return null;
        if (files is not { Targets.Count: > 0 })
            problems.Add(setting.CreateProblem("needs targets from a file: set --config or --config-dir"));
        else if (catalogue is null && settings.One(JobSettings.Catalogue) is null)
            problems.Add(setting.CreateProblem("needs --catalogue, which knows whose last restore test is the oldest"));
        return DrillSettings.Count.Read(settings, problems);
    }

    List<Drilled> ReadTargets(FileSettings files, List<TargetLabel> labels)
    {
        DrillSettings.RejectBesideTargetsOfFile(settings, problems);
        var names = settings.All(JobSettings.Target);
        var withDrill = files.Targets.Where(target => target.Settings.Drill is { IsNone: false }).ToList();
        if (names.Count == 0)
            names = [.. withDrill.Select(target => new Setting("name", ProblemOrigin.Configuration, target.Name))];
        foreach (var name in names)
        {
            if (files.Targets.Any(target => target.Name == name.Value) && withDrill.All(target => target.Name != name.Value))
                problems.Add(name.CreateProblem($"the target \"{name.Value}\" has no drill: give it one in the file"));
        }

        if (withDrill.Count == 0 && settings.All(JobSettings.Target).Count == 0)
            problems.Add(
                new(ProblemOrigin.Configuration, "no target of the files has a map drill, which says how to restore its backup")
                {
                    IsInFile = true,
                }
            );
        var fleet = new ConfiguredTargets(files, new TargetSettings { Labels = labels });
        fleet.Select(names, problems);
        return
        [
            .. fleet
                .Resolve(new TargetConnections(context.Environment, problems))
                .Select(target => (Target: target, Place: withDrill.Find(one => one.Name == target.Instance.Name)))
                .Where(one => one.Place is not null)
                .Select(one => new Drilled(
                    one.Target,
                    one.Place!.Settings.Drill!,
                    one.Place,
                    [.. labels, .. one.Place.Settings.Labels.Where(label => LabelParser.Find(labels, label.Name) is null)]
                )),
        ];
    }

    Drilled ReadFlags(List<TargetLabel> labels)
    {
        if (settings.All(JobSettings.Target) is [var target, ..])
            problems.Add(target.CreateProblem("needs targets from a file: set --config or --config-dir"));
        var drill = DrillSettings.Read(settings, problems);
        var server = settings.One(DrillSettings.Server) ?? drill.Stanza;
        if (server is null && drill.Tool?.Value is not ("pgbackrest" or "barman"))
            problems.Add(DrillOptionsReader.Missing("server", "the name of the server that the backup is of", null));
        else if (server is not null && (server.Value.Trim().Length == 0 || !LabelParser.IsWellFormed(server.Value)))
            problems.Add(server.InvalidValue("a name without control characters"));
        var instance = new Instance(
            server?.Value ?? "",
            [.. labels.Select(label => new InstanceLabel(label.Name, label.Value))],
            [],
            [SourceName.Server]
        );
        var liveServer = settings.One(JobSettings.Connection) is null
            ? null
            : ConnectionSetting.Read(settings, context.Environment, problems);
        return new(
            new(liveServer is null ? null : new Target(instance.Name, liveServer, JobDefaults.Timeout), instance, SourceSettings.Default),
            drill,
            null,
            labels
        );
    }

    DrillPublication? ReadPublication(
        Instance instance,
        DrillTool? tool,
        FileSettings? files,
        IReadOnlyList<Gateway> gateways,
        ConnectionSettings? catalogue,
        IReadOnlyList<TargetLabel> labels
    )
    {
        var job = GroupReader.Job(settings, files);
        var own = GroupReader.ReadExtraLabels(settings, files, problems);
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

    /// <summary>The targets that are probed before the drill for what should be restorable: the live server, and the catalogue.</summary>
    static List<MonitoredTarget> Asked(MonitoredTarget target, ConnectionSettings? catalogue)
    {
        var asked = new List<MonitoredTarget>();
        if (target.Target is not null || target.Failure is not null)
            asked.Add(target);
        if (catalogue is not null)
        {
            var name = $"catalogue of {target.Instance.Name}";
            asked.Add(
                new(
                    new Target(name, catalogue, JobDefaults.Timeout),
                    new Instance(name, [], [], [SourceName.Catalog]),
                    new SourceSettings(new ServerPatterns([target.Instance.Name]), null)
                )
            );
        }

        return asked;
    }

    /// <summary>A target to be drilled, with its settings.</summary>
    sealed record Drilled(MonitoredTarget Target, TargetDrill Settings, FileTarget? Place, IReadOnlyList<TargetLabel> Labels);
}
