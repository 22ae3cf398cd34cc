namespace BackupMetricsJob.Configuration.Yaml;

/// <summary>The entries of a map while it is read: a key that comes twice is a problem with both places, and the first stays.</summary>
internal sealed class YamlEntries(bool isFlow, ICollection<Problem> problems)
{
    /// <summary>From so many on, a table is faster than looking at each.</summary>
    const int Few = 16;

    readonly List<YamlEntry> _entries = new(8);
    Dictionary<string, YamlEntry>? _byKey;

    public IReadOnlyList<YamlEntry> All => [.. _entries];

    public bool IsFlow => isFlow;

    public int Size { get; private set; } = 1;

    public void Add(YamlScalar key, YamlNode value)
    {
        if (Find(key.Text) is not { } first)
        {
            Put(new(key, value));
            return;
        }

        var name = SecretKeys.MayHoldPiece(isFlow, _entries, _entries.Count) ? SecretKeys.NotShown : Shown.Quoted(key.Text);
        problems.Add(new(ProblemOrigin.Configuration, $"{name}: a key may stand only once in a map; the first is at {first.Key.Place}") { Place = key.Place });
    }

    /// <summary>Adds the keys that are not there yet.</summary>
    public void Merge(YamlMapping other)
    {
        foreach (var entry in other.Entries)
        {
            if (Find(entry.Key.Text) is null) Put(entry);
        }
    }

    void Put(YamlEntry entry)
    {
        _entries.Add(entry);
        Size += 1 + entry.Value.Size;
        if (_byKey is not null) _byKey.Add(entry.Key.Text, entry);
        else if (_entries.Count == Few) _byKey = _entries.ToDictionary(one => one.Key.Text, StringComparer.Ordinal);
    }

    YamlEntry? Find(string key)
    {
        if (_byKey is not null) return _byKey.GetValueOrDefault(key);
        foreach (var entry in _entries)
        {
            if (entry.Key.Text == key) return entry;
        }

        return null;
    }
}
