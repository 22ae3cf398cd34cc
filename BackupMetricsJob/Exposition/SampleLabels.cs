using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Exposition;

/// <summary>The labels of one instance: <c>instance</c> first, then the metric's own, then the user's in the order of their names.</summary>
internal sealed class SampleLabels
{
    readonly string _instance;
    readonly string[] _userNames;
    readonly string[] _userValues;

    public SampleLabels(Instance instance)
    {
        _instance = instance.Name;
        var sorted = instance.Labels.ToArray();
        Array.Sort(sorted, (a, b) => string.CompareOrdinal(a.Key, b.Key));
        _userNames = Array.ConvertAll(sorted, label => label.Key);
        _userValues = Array.ConvertAll(sorted, label => label.Value);
    }

    public string[] Names(string[] own) => ["instance", .. own, .. _userNames];

    public string[] Values(string[] own) => [_instance, .. own, .. _userValues];
}
