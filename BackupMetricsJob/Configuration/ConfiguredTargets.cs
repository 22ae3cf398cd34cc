using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Configuration;

/// <summary>The targets of the files: which of them this run is about, and what each of them is.</summary>
internal sealed class ConfiguredTargets(FileSettings files, TargetSettings overrides)
{
    static readonly string[] SingleTargetSettings = ["connection", "instance", "source", "server", "query", "receiver", "without"];

    readonly List<FileTarget> _selected = [];
    readonly List<FileTarget> _others = [];

    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(15);

    /// <summary>The others, of which a catalogue may know something.</summary>
    public IReadOnlyList<Instance> OtherInstances =>
        [.. _others.Select(target => CreateInstance(target.Name, overrides.WithDefaults(target.Settings)))];

    /// <summary>Flags and variables that are about one database cannot be about many.</summary>
    public static void RejectSingleTargetSettings(Settings settings, ICollection<Problem> problems)
    {
        foreach (var name in SingleTargetSettings)
        {
            if (settings.All(name) is [var setting, ..])
                problems.Add(
                    setting.CreateProblem(
                        "is about one database, and must not be given together with targets from a file: it belongs there"
                    )
                );
        }
    }

    /// <summary>Only the targets of that name.</summary>
    public void Select(IReadOnlyList<Setting> names, ICollection<Problem> problems)
    {
        var wanted = new Dictionary<string, Setting>(StringComparer.Ordinal);
        foreach (var name in names)
            wanted[name.Value] = name;
        foreach (var target in files.Targets)
            (wanted.Remove(target.Name) ? _selected : _others).Add(target);
        foreach (var unknown in wanted.Values)
            problems.Add(unknown.InvalidValue(AllowedNames(unknown.Value)));
    }

    /// <summary>Only the targets of that shard; all of them where there is none.</summary>
    public void Select(Shard? shard)
    {
        foreach (var target in files.Targets)
            (shard is null || JumpHash.Shard(target.Name, shard.Count) == shard.Index ? _selected : _others).Add(target);
    }

    public List<MonitoredTarget> Resolve(TargetConnections connections)
    {
        // Files that hang are waited for side by side.
        foreach (var target in _selected)
            connections.BeginReading(target);
        var targets = new List<MonitoredTarget>(_selected.Count);
        foreach (var target in _selected)
        {
            if (target.IsInvalid)
                continue;
            var settings = overrides.WithDefaults(target.Settings);
            var connection = connections.Resolve(target, out var failure);
            if (connection is null && failure is null)
                continue;
            targets.Add(
                new(
                    connection is null ? null : new Target(target.Name, connection, settings.Timeout ?? DefaultTimeout),
                    CreateInstance(target.Name, settings),
                    settings.Sources?.Settings ?? SourceSettings.Default
                )
                {
                    Failure = failure,
                }
            );
        }

        return targets;
    }

    public static Instance CreateInstance(string name, TargetSettings settings) =>
        new(
            name,
            [.. settings.Labels.Select(label => new InstanceLabel(label.Name, label.Value))],
            LimitParser.WithDefaults(settings.Limits),
            settings.Sources?.Names ?? [SourceName.Server]
        );

    string AllowedNames(string name)
    {
        var nearest = NearestName.Find(name, files.Targets.Select(target => target.Name));
        if (nearest is not null)
            return $"the name of a target in the files; did you mean \"{nearest}\"?";
        var some = string.Join(", ", files.Targets.Take(5).Select(target => $"\"{target.Name}\""));
        return $"the name of a target in the files: {some}{(files.Targets.Count > 5 ? $" and {files.Targets.Count - 5} more" : "")}";
    }
}
