namespace BackupMetricsJob.Configuration;

/// <summary>
/// The flags that the user gave, with their values as typed, by name without dashes.
/// </summary>
internal sealed class GivenFlags
{
    readonly Dictionary<string, IReadOnlyList<string>> _values = [];

    public static GivenFlags None { get; } = new();

    public void Add(string name, IReadOnlyList<string> values) => _values.Add(name, values);

    public IReadOnlyList<string>? Values(string name) => _values.GetValueOrDefault(name);
}
