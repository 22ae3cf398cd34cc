using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Configuration;

/// <summary>The targets of the files. It selects those that this run probes, and resolves their connections.</summary>
internal sealed class ConfiguredTargets(FileSettings files, TargetSettings overrides)
{
    static readonly SettingDefinition[] SingleTargetSettings =
    [
        JobSettings.Connection,
        JobSettings.Catalogue,
        JobSettings.Instance,
        JobSettings.Source,
        JobSettings.Server,
        JobSettings.Query,
        JobSettings.Receiver,
        JobSettings.Without,
    ];

    readonly List<FileTarget> _selected = [];
    readonly List<FileTarget> _others = [];
    bool _isSharded;

    /// <summary>The targets that were not selected. A catalogue may still contain them.</summary>
    public IReadOnlyList<Instance> OtherInstances =>
        [.. _others.Select(target => CreateInstance(target.Name, overrides.WithDefaults(target.Settings)))];

    /// <summary>Flags and variables that describe a single database are refused beside targets from a file.</summary>
    public static void RejectSingleTargetSettings(GivenSettings settings, ICollection<Problem> problems)
    {
        foreach (var name in SingleTargetSettings)
        {
            if (settings.All(name) is [var setting, ..])
                problems.Add(
                    setting.CreateProblem("describes a single database, so it cannot be combined with targets from a file: set it there")
                );
        }

        if (settings.All(JobSettings.Import) is [var import, ..])
            problems.Add(
                import.CreateProblem(
                    "imports for a single database, so it cannot be combined with targets from a file: "
                        + "a fleet imports each list with `backup-metrics import`, beside its runs"
                )
            );
    }

    /// <summary>Selects the targets with these names.</summary>
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

    /// <summary>Selects the targets of the shard, or all if there is none.</summary>
    public void Select(Shard? shard)
    {
        _isSharded = shard is { Count: > 1 };
        foreach (var target in files.Targets)
            (shard is null || JumpHash.Shard(target.Name, shard.Count) == shard.Index ? _selected : _others).Add(target);
    }

    public List<MonitoredTarget> Resolve(TargetConnections connections)
    {
        // Reading starts for all targets first, so that files that hang cost their timeout only once.
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
                    connection is null ? null : new Target(target.Name, connection, settings.Timeout ?? JobDefaults.Timeout),
                    _isSharded ? CreateInstance(target.Name, settings) with { IsSharded = true } : CreateInstance(target.Name, settings),
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
        )
        {
            Copies = settings.Copies,
            Window = settings.Window ?? [],
        };

    string AllowedNames(string name)
    {
        var nearest = NearestName.Find(name, files.Targets.Select(target => target.Name));
        if (nearest is not null)
            return $"the name of a target in the files; did you mean \"{nearest}\"?";
        return $"the name of a target in the files: {NameList.FirstOf([.. files.Targets.Select(target => $"\"{target.Name}\"")], 5)}";
    }
}
