namespace BackupMetricsJob.Configuration.File;

/// <summary>
/// A part of a YAML file and where it begins. Once it is read it never changes; what an alias stands for is the very node it names.
/// </summary>
internal abstract class YamlNode(string file, int line, int column)
{
    public SourceLocation Location => new(file, line, column);

    /// <summary>How many nodes are in it, each alias counted as what it stands for.</summary>
    public abstract int Size { get; }

    /// <summary>What a reader of messages calls it.</summary>
    public abstract string Kind { get; }
}

/// <summary>A text, number, boolean or null: what it means is for those to say who ask for it.</summary>
/// <param name="isPlain">Whether it was written without quotes; only then can it be other than text.</param>
internal sealed class YamlScalar(string file, int line, int column, string text, bool isPlain) : YamlNode(file, line, column)
{
    public override int Size => 1;

    public string Text { get; } = text;

    public bool IsPlain { get; } = isPlain;

    public bool IsNull => IsPlain && Text is "" or "~" or "null" or "Null" or "NULL";

    public override string Kind => IsNull ? "nothing" : "a text";
}

/// <summary>A list.</summary>
internal sealed class YamlSequence(string file, int line, int column, int size, IReadOnlyList<YamlNode> items)
    : YamlNode(file, line, column)
{
    public override int Size => size;

    public IReadOnlyList<YamlNode> Items { get; } = items;

    /// <summary>Whether its items were given away one by one while it was read, and are not kept here.</summary>
    public bool IsStreamed { get; init; }

    public override string Kind => Items.Count == 0 ? "an empty list" : "a list";
}

/// <summary>A key and its value.</summary>
internal sealed record YamlEntry(YamlScalar Key, YamlNode Value);

/// <summary>A map: each key once, in the order of the file, those that were merged in by <c>&lt;&lt;</c> at the end.</summary>
/// <param name="isFlow">Whether it was written in braces, on one line perhaps, where a comma in a value begins another key.</param>
internal sealed class YamlMapping(string file, int line, int column, bool isFlow) : YamlNode(file, line, column)
{
    readonly OrderedDictionary<string, YamlEntry> _entries = new(StringComparer.Ordinal);
    int _size = 1;

    public override int Size => _size;

    public IReadOnlyList<YamlEntry> Entries => _entries.Values;

    public bool IsFlow => isFlow;

    public override string Kind => "a map";

    /// <summary>Null where there is no such key.</summary>
    public YamlEntry? Find(string key) => _entries.GetValueOrDefault(key);

    /// <summary>While it is read. False where the key is there already: the first stays.</summary>
    public bool Add(YamlEntry entry)
    {
        if (!_entries.TryAdd(entry.Key.Text, entry))
            return false;
        _size += 1 + entry.Value.Size;
        return true;
    }
}
