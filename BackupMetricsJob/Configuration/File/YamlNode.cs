namespace BackupMetricsJob.Configuration.File;

/// <summary>
/// A node of a YAML file and its location. Nodes do not change after they have been read. An alias is the same object as its anchor.
/// </summary>
internal abstract class YamlNode(string file, int line, int column)
{
    public SourceLocation Location => new(file, line, column);

    /// <summary>The number of nodes in it, where an alias counts as the nodes of its anchor.</summary>
    public abstract int Size { get; }

    /// <summary>The kind of the node, for messages.</summary>
    public abstract string Kind { get; }
}

/// <summary>A string, number, boolean or null. Whoever reads it decides which.</summary>
/// <param name="isPlain">Whether it has no quotes. With quotes it is always a string.</param>
internal sealed class YamlScalar(string file, int line, int column, string text, bool isPlain) : YamlNode(file, line, column)
{
    public override int Size => 1;

    public string Text { get; } = text;

    public bool IsPlain { get; } = isPlain;

    public bool IsNull => IsPlain && Text is "" or "~" or "null" or "Null" or "NULL";

    public override string Kind => IsNull ? "nothing" : "a string";
}

/// <summary>A list.</summary>
internal sealed class YamlSequence(string file, int line, int column, int size, IReadOnlyList<YamlNode> items)
    : YamlNode(file, line, column)
{
    public override int Size => size;

    public IReadOnlyList<YamlNode> Items { get; } = items;

    /// <summary>Whether its items were passed on one by one while it was read, and are not stored here.</summary>
    public bool IsStreamed { get; init; }

    public override string Kind => Items.Count == 0 ? "an empty list" : "a list";
}

/// <summary>A key and its value.</summary>
internal sealed record YamlEntry(YamlScalar Key, YamlNode Value);

/// <summary>A map with unique keys in the order of the file. Keys that <c>&lt;&lt;</c> merged come last.</summary>
/// <param name="isFlow">Whether it is written in braces, where a comma in an unquoted value starts another key.</param>
internal sealed class YamlMapping(string file, int line, int column, bool isFlow) : YamlNode(file, line, column)
{
    readonly OrderedDictionary<string, YamlEntry> _entries = new(StringComparer.Ordinal);
    int _size = 1;

    public override int Size => _size;

    public IReadOnlyList<YamlEntry> Entries => _entries.Values;

    public bool IsFlow => isFlow;

    public override string Kind => "a map";

    public YamlEntry? Find(string key) => _entries.GetValueOrDefault(key);

    /// <summary>False if the key exists already. The first entry stays.</summary>
    public bool Add(YamlEntry entry)
    {
        if (!_entries.TryAdd(entry.Key.Text, entry))
            return false;
        _size += 1 + entry.Value.Size;
        return true;
    }
}
