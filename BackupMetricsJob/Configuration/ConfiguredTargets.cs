using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Configuration;

/// <summary>The targets of the files: which of them this run is about, and what each of them is.</summary>
internal sealed class ConfiguredTargets(FileSettings files, TargetSettings overrides)
{
    static readonly string[] AboutOneDatabase = ["connection", "instance", "source", "server", "query", "receiver", "without"];

    readonly List<FileTarget> _chosen = [];
    readonly List<FileTarget> _notProbedHere = [];

    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(15);

    /// <summary>The others, of which a catalogue may know something.</summary>
    public IReadOnlyList<Instance> NotProbedHere =>
        [.. _notProbedHere.Select(target => InstanceOf(target.Name, overrides.Over(target.Settings)))];

    /// <summary>Flags and variables that are about one database cannot be about many.</summary>
    public static void RefuseFlagsAboutOne(Settings settings, ICollection<Problem> problems)
    {
        foreach (var name in AboutOneDatabase)
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
    public void Choose(IReadOnlyList<Setting> names, ICollection<Problem> problems)
    {
        var wanted = new Dictionary<string, Setting>(StringComparer.Ordinal);
        foreach (var name in names)
            wanted[name.Value] = name;
        foreach (var target in files.Targets)
            (wanted.Remove(target.Name) ? _chosen : _notProbedHere).Add(target);
        foreach (var unknown in wanted.Values)
            problems.Add(unknown.Wrong(Near(unknown.Value)));
    }

    /// <summary>Only the targets of that shard; all of them where there is none.</summary>
    public void Choose(Shard? shard)
    {
        foreach (var target in files.Targets)
            (shard is null || JumpHash.Shard(target.Name, shard.Count) == shard.Index ? _chosen : _notProbedHere).Add(target);
    }

    public List<MonitoredTarget> Resolve(TargetConnections connections)
    {
        // Files that hang are waited for side by side.
        foreach (var target in _chosen)
            connections.Begin(target);
        var targets = new List<MonitoredTarget>(_chosen.Count);
        foreach (var target in _chosen)
        {
            if (target.IsBroken)
                continue;
            var settings = overrides.Over(target.Settings);
            var connection = connections.Resolve(target, out var failure);
            if (connection is null && failure is null)
                continue;
            targets.Add(
                new(
                    connection is null ? null : new Target(target.Name, connection, settings.Timeout ?? DefaultTimeout),
                    InstanceOf(target.Name, settings),
                    settings.Sources?.Settings ?? SourceSettings.Default
                )
                {
                    Unusable = failure,
                }
            );
        }

        return targets;
    }

    public static Instance InstanceOf(string name, TargetSettings settings) =>
        new(
            name,
            [.. settings.Labels.Select(label => new InstanceLabel(label.Name, label.Value))],
            LimitText.Complete(settings.Limits),
            settings.Sources?.Names ?? [SourceName.Server]
        );

    string Near(string name)
    {
        var nearest = NearestName.Find(name, files.Targets.Select(target => target.Name));
        if (nearest is not null)
            return $"the name of a target in the files; did you mean \"{nearest}\"?";
        var some = string.Join(", ", files.Targets.Take(5).Select(target => $"\"{target.Name}\""));
        return $"the name of a target in the files: {some}{(files.Targets.Count > 5 ? $" and {files.Targets.Count - 5} more" : "")}";
    }
}
