using BackupMetricsJob.Backups;
using BackupMetricsJob.Configuration;

namespace BackupMetricsJob.Running;

/// <summary>
/// Combines the probe results by instance. Facts that a target reports about another instance go to that instance. An instance that is
/// itself a target keeps its own labels and limits. A target of another run (such as another shard) has its own labels and no limits,
/// because the other run publishes them. Any other instance inherits labels and limits from the target that reported it. At the end,
/// backups and archive listings that belong to another cluster than the instance's are taken out, and the source that reported them counts
/// as failed.
/// </summary>
internal sealed class InstanceResults(IReadOnlyList<Instance> otherInstances)
{
    readonly List<ProbeResult> _results = [];
    readonly Dictionary<string, int> _indexes = new(StringComparer.Ordinal);
    readonly Dictionary<string, Instance> _otherInstances = otherInstances.ToDictionary(instance => instance.Name, StringComparer.Ordinal);

    /// <param name="probed">The result of each target.</param>
    /// <param name="targets">The targets, in the same order.</param>
    /// <param name="otherInstances">The targets of other runs.</param>
    public static IReadOnlyList<ProbeResult> Collect(
        IReadOnlyList<ProbeResult> probed,
        IReadOnlyList<MonitoredTarget> targets,
        IReadOnlyList<Instance> otherInstances
    )
    {
        var results = new InstanceResults(otherInstances);
        foreach (var result in probed)
            results.Add(result with { Found = [] });
        for (var i = 0; i < probed.Count; i++)
        {
            foreach (var facts in probed[i].Found)
                results.Merge(facts, probed[i]);
            if (targets[i].Instance.Sources.Contains(SourceName.Catalog))
                results.AddListed(targets[i].Sources.Servers, probed[i]);
        }

        return
        [
            .. results
                .WithoutLimitsOfUnmonitored()
                .Select(ClusterIdentity.WithoutOtherClusters)
                .Select(ListingIdentity.WithoutOtherServers),
        ];
    }

    void Add(ProbeResult result)
    {
        _indexes.Add(result.Instance.Name, _results.Count);
        _results.Add(result);
    }

    void Merge(InstanceFacts facts, ProbeResult reporter)
    {
        IReadOnlyList<SourceFailure> failures = facts.Failure is { } failure ? [new(facts.Source, failure)] : [];
        if (!_indexes.TryGetValue(facts.Name, out var at))
        {
            Add(
                CreateFound(facts.Name, facts.Source, reporter) with
                {
                    Backups = facts.Backups,
                    Archive = facts.Archive,
                    Storages = facts.Storages,
                    Skipped = facts.Skipped,
                    SourceFailures = failures,
                    SourcesThatAnswered = failures.Count == 0 ? [facts.Source] : [],
                }
            );
            return;
        }

        var known = _results[at];
        var answers = failures.Count == 0 && !known.SourceFailures.Any(other => other.Source == facts.Source);
        _results[at] = known with
        {
            Instance = known.Instance with { Sources = With(known.Instance.Sources, facts.Source) },
            IsMonitored = true,
            Backups = FactsMerge.Merge(known.Backups, facts.Backups),
            Archive = FactsMerge.Merge(known.Archive, facts.Archive),
            Storages = FactsMerge.Merge(known.Storages, facts.Storages),
            Skipped = [.. known.Skipped, .. facts.Skipped],
            SourceFailures = [.. known.SourceFailures, .. failures],
            SourcesThatAnswered = answers
                ? With(known.SourcesThatAnswered, facts.Source)
                : [.. known.SourcesThatAnswered.Where(source => source != facts.Source)],
        };
    }

    /// <summary>Servers that the user listed always have a result, even if the catalogue does not know them or cannot be queried.</summary>
    void AddListed(ServerPatterns servers, ProbeResult reporter)
    {
        var down =
            reporter.SourceFailures.FirstOrDefault(other => other.Source == SourceName.Catalog)?.Failure
            ?? (reporter.SourcesThatAnswered.Contains(SourceName.Catalog) ? null : reporter.Failure);
        IReadOnlyList<SourceFailure> failures = down is null ? [] : [new(SourceName.Catalog, down)];
        foreach (var name in servers.Listed)
        {
            if (_indexes.TryGetValue(name, out var at))
                _results[at] = _results[at] with { IsMonitored = true };
            else
                Add(
                    CreateFound(name, SourceName.Catalog, reporter) with
                    {
                        SourceFailures = failures,
                        SourcesThatAnswered = down is null ? [SourceName.Catalog] : [],
                    }
                );
        }
    }

    ProbeResult CreateFound(string name, string source, ProbeResult reporter)
    {
        var instance = _otherInstances.GetValueOrDefault(name) is { } own
            ? own with
            {
                Limits = [],
                Copies = null,
                Window = [],
                Sources = [source],
            }
            : new(name, reporter.Instance.Labels, reporter.Instance.Limits, [source])
            {
                Copies = reporter.Instance.Copies,
                Window = reporter.Instance.Window,
            };
        return new(instance)
        {
            IsTarget = false,
            At = reporter.At,
            Duration = TimeSpan.Zero,
        };
    }

    /// <summary>A database that is only a catalogue for other servers cannot be late with its own backups.</summary>
    List<ProbeResult> WithoutLimitsOfUnmonitored()
    {
        for (var i = 0; i < _results.Count; i++)
        {
            if (!_results[i].IsMonitored)
                _results[i] = _results[i] with { Instance = _results[i].Instance with { Limits = [], Copies = null, Window = [] } };
        }

        return _results;
    }

    static IReadOnlyList<string> With(IReadOnlyList<string> sources, string source) =>
        sources.Contains(source) ? sources : [.. sources, source];
}
