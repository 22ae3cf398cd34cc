namespace BackupMetricsJob.Configuration;

/// <summary>
/// What the user typed, word for word: each setting with the values it was given, by the flag's name without the dashes. A setting that
/// was not given is not there.
/// </summary>
internal sealed class Flags
{
    readonly Dictionary<string, IReadOnlyList<string>> _values = [];

    public static Flags None { get; } = new();

    public void Add(string name, IReadOnlyList<string> values) => _values.Add(name, values);

    public IReadOnlyList<string>? Values(string name) => _values.GetValueOrDefault(name);
}
