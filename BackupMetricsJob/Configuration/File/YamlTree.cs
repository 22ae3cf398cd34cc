using BackupMetricsJob.Postgres;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace BackupMetricsJob.Configuration.File;

/// <summary>
/// Builds the tree of a file out of YamlDotNet's events. Whatever the text, it ends soon with a tree or with a problem that has a place:
/// depth is limited, and so is what aliases may stand for.
/// </summary>
internal sealed class YamlTree(
    string file,
    string text,
    IParser parser,
    ICollection<Problem> problems,
    string longKey,
    Action<YamlNode, int> take
)
{
    const int MaxDepth = 32;
    const int MaxAliased = 4_000_000;

    readonly Dictionary<string, YamlNode> _anchors = new(StringComparer.Ordinal);
    int _aliased;

    /// <summary>
    /// Null, and at least one more problem, where it is no single YAML document. Keys that are given twice are problems, too, but there is
    /// a tree.
    /// </summary>
    /// <param name="file">What messages call it.</param>
    /// <param name="text">The whole file.</param>
    /// <param name="problems">Gets what is wrong.</param>
    /// <param name="key">A key of the outermost map whose list may be long; "" for none.</param>
    /// <param name="take">Gets each item of that list, and its index, once it is read: so the items need not all be there at once.</param>
    public static YamlNode? Read(string file, string text, ICollection<Problem> problems, string key, Action<YamlNode, int> take)
    {
        var scanner = new Scanner(new StringReader(text), skipComments: true);
        var tree = new YamlTree(file, text, new Parser(scanner), problems, key, take);
        try
        {
            return tree.ReadDocument();
        }
        catch (YamlException e)
        {
            // Its messages are fixed texts: nothing of the file is in them.
            tree.Refuse(e.Start, $"no valid YAML: {char.ToLowerInvariant(e.Message[0])}{e.Message.AsSpan(1).TrimEnd('.')}");
        }
        catch (Exception e)
            when (e
                    is InvalidOperationException
                        or ArgumentException
                        or IndexOutOfRangeException
                        or NullReferenceException
                        or InvalidCastException
                        or OverflowException
                        or FormatException
            )
        {
            tree.Refuse(scanner.CurrentPosition, "no valid YAML: cannot be understood here");
        }
        catch (RefusedException)
        {
            // Told already.
        }

        return null;
    }

    YamlNode? ReadDocument()
    {
        Next<StreamStart>();
        if (!parser.MoveNext() || parser.Current is StreamEnd)
        {
            problems.Add(new(ProblemOrigin.Configuration, "is empty: must be a map of settings") { Location = new(file, 1, 1) });
            return null;
        }

        parser.MoveNext();
        var root = ReadNode(depth: 0);
        Next<DocumentEnd>();
        parser.MoveNext();
        if (parser.Current is not StreamEnd)
            Refuse(parser.Current?.Start ?? Mark.Empty, "a second document begins here: must be one only");
        return root;
    }

    T Next<T>()
        where T : ParsingEvent
    {
        parser.MoveNext();
        return parser.Current as T ?? throw new InvalidOperationException();
    }

    /// <summary>The node that the parser stands at; it stands at its end afterwards.</summary>
    YamlNode ReadNode(int depth)
    {
        var at = parser.Current!;
        if (depth == MaxDepth)
            throw Refused(at.Start, $"is nested more than {MaxDepth} deep");
        if (at is AnchorAlias alias)
            return Aliased(alias);
        YamlNode node = at switch
        {
            Scalar scalar => Text(scalar),
            SequenceStart sequence => ReadSequence(sequence, depth),
            MappingStart mapping => ReadMapping(mapping, depth),
            _ => throw new InvalidOperationException(),
        };
        if (at is NodeEvent { Anchor.IsEmpty: false } named)
            _anchors[named.Anchor.Value] = node;
        return node;
    }

    YamlNode Aliased(AnchorAlias alias)
    {
        if (!_anchors.TryGetValue(alias.Value.Value, out var node))
            throw Refused(alias.Start, "an alias (*) without an anchor (&) of that name before it; a text that begins with * needs quotes");
        Count(node.Size, alias.Start);
        return node;
    }

    void Count(int nodes, Mark at)
    {
        _aliased += nodes;
        if (_aliased > MaxAliased)
            throw Refused(at, "aliases make too much of it");
    }

    YamlScalar Text(Scalar scalar)
    {
        var isString = !scalar.Tag.IsEmpty && (scalar.Tag.IsNonSpecific || scalar.Tag.Value == "tag:yaml.org,2002:str");
        if (!scalar.Tag.IsEmpty && !isString)
            throw Refused(scalar.Start, "tags (!) have no meaning here; a text that begins with ! needs quotes");
        return new(file, Line(scalar.Start), Column(scalar.Start), scalar.Value, scalar.Style is ScalarStyle.Plain && !isString);
    }

    YamlSequence ReadSequence(SequenceStart start, int depth, Action<YamlNode, int>? give = null)
    {
        RefuseTag(start);
        var items = new List<YamlNode>();
        var (size, index) = (1, 0);
        while (parser.MoveNext() && parser.Current is not SequenceEnd)
        {
            if (start.Style is SequenceStyle.Block)
                RefuseTab(parser.Current!.Start);
            var item = ReadNode(depth + 1);
            size += item.Size;
            if (give is null)
                items.Add(item);
            else
                give(item, index++);
        }

        return new(file, Line(start.Start), Column(start.Start), size, [.. items]) { IsTaken = give is not null };
    }

    YamlMapping ReadMapping(MappingStart start, int depth)
    {
        RefuseTag(start);
        var map = new YamlMapping(file, Line(start.Start), Column(start.Start), start.Style is MappingStyle.Flow);
        List<YamlNode>? merged = null;
        while (parser.MoveNext() && parser.Current is not MappingEnd)
        {
            var isMerge = parser.Current is Scalar { Value: "<<", Style: ScalarStyle.Plain };
            var at = parser.Current!.Start;
            if (!map.IsFlow)
                RefuseTab(at);
            if (ReadNode(depth + 1) is not YamlScalar key)
                throw Refused(at, "a key must be a text");
            if (!parser.MoveNext())
                throw new InvalidOperationException();
            var value =
                depth == 0 && key.Text == longKey && parser.Current is SequenceStart { Anchor.IsEmpty: true } list
                    ? ReadSequence(list, depth + 1, take)
                    : ReadNode(depth + 1);
            if (isMerge)
                (merged ??= []).Add(value);
            else if (!map.Add(new(key, value)))
                RefuseTwice(map, key);
        }

        foreach (var source in merged ?? [])
            Merge(source, map);
        return map;
    }

    void RefuseTwice(YamlMapping map, YamlScalar key)
    {
        var name = SecretKeys.MayHoldPiece(map.IsFlow, map.Entries, map.Entries.Count) ? SecretKeys.NotShown : Redaction.Quoted(key.Text);
        var first = map.Find(key.Text)!.Key.Location;
        problems.Add(
            new(ProblemOrigin.Configuration, $"{name}: a key may stand only once in a map; the first is at {first}")
            {
                Location = key.Location,
            }
        );
    }

    /// <summary>What a map says itself wins, then the first of several.</summary>
    void Merge(YamlNode source, YamlMapping map)
    {
        if (source is YamlMapping mapping)
        {
            Count(mapping.Size, new Mark(0, source.Location.Line, source.Location.Column));
            foreach (var entry in mapping.Entries)
                map.Add(entry);
        }
        else if (source is YamlSequence { Items: { Count: > 0 } items } && items.All(item => item is YamlMapping))
        {
            foreach (var item in items)
                Merge(item, map);
        }
        else
        {
            problems.Add(
                new(ProblemOrigin.Configuration, "<<: must be a map, or a list of maps, to take keys from") { Location = source.Location }
            );
        }
    }

    /// <summary>YamlDotNet takes a tab for a blank, and so guesses how deep a line is meant to be.</summary>
    void RefuseTab(Mark at)
    {
        var before = text.AsSpan(0, (int)Math.Min(at.Index, text.Length));
        var line = text.AsSpan(before.LastIndexOf('\n') + 1);
        var tab = line[..Math.Max(0, line.IndexOfAnyExcept(' ', '\t'))].IndexOf('\t');
        if (tab >= 0)
            throw Refused(new Mark(at.Index, at.Line, tab + 1), "a tab in the indentation: must be blanks");
    }

    void RefuseTag(NodeEvent collection)
    {
        if (
            !collection.Tag.IsEmpty
            && !collection.Tag.IsNonSpecific
            && collection.Tag.Value is not ("tag:yaml.org,2002:map" or "tag:yaml.org,2002:seq")
        )
            throw Refused(collection.Start, "tags (!) have no meaning here; a text that begins with ! needs quotes");
    }

    SourceLocation At(Mark mark) => new(file, Line(mark), Column(mark));

    static int Line(Mark mark) => (int)Math.Clamp(mark.Line, 1, int.MaxValue);

    static int Column(Mark mark) => (int)Math.Clamp(mark.Column, 1, int.MaxValue);

    void Refuse(Mark at, string what) => problems.Add(new(ProblemOrigin.Configuration, what) { Location = At(at) });

    RefusedException Refused(Mark at, string what)
    {
        Refuse(at, what);
        return new();
    }

    /// <summary>The end of reading a file that is told of already.</summary>
#pragma warning disable CA1064 // It is thrown and caught in this class only.
    sealed class RefusedException : Exception;
#pragma warning restore CA1064
}
