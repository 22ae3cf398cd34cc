using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Exposition;

/// <summary>The labels of an instance: <c>instance</c>, then the metric's own, then the user's in the order of their names.</summary>
internal sealed class SampleLabels
{
    readonly IReadOnlyList<InstanceLabel> _labels;
    readonly string[] _userNames;
    readonly string[] _userValues;

    SampleLabels(Instance instance)
    {
        Instance = instance.Name;
        _labels = instance.Labels;
        var sorted = instance.Labels.ToArray();
        Array.Sort(sorted, (a, b) => string.CompareOrdinal(a.Name, b.Name));
        _userNames = Array.ConvertAll(sorted, label => label.Name);
        _userValues = Array.ConvertAll(sorted, label => label.Value);
        Shape = string.Join('\n', _userNames);
    }

    SampleLabels(string instance, SampleLabels others) =>
        (Instance, _labels, _userNames, _userValues, Shape) = (
            instance,
            others._labels,
            others._userNames,
            others._userValues,
            others.Shape
        );

    public string Instance { get; }

    /// <summary>The user's label names as one string. Equal strings mean equal label names.</summary>
    public string Shape { get; }

    /// <param name="instance">The instance.</param>
    /// <param name="before">Another instance's labels, reused if both share the same user labels.</param>
    public static SampleLabels For(Instance instance, SampleLabels? before) =>
        before is not null && ReferenceEquals(before._labels, instance.Labels) ? new(instance.Name, before) : new(instance);

    public string[] Names(string[] own) => ["instance", .. own, .. _userNames];

    /// <summary>Adds the values of a metric's own labels.</summary>
    public SeriesLabels With(params string[] own) => new(this, [Instance, .. own, .. _userValues]);
}

/// <summary>The label values of a series, in the order of <see cref="SampleLabels.Names"/>.</summary>
internal readonly record struct SeriesLabels(SampleLabels Of, string[] Values);
