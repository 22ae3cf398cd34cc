using BackupMetricsJob.Postgres;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace BackupMetricsJob.Configuration.File;

/// <summary>
/// Builds a tree from YamlDotNet's events. Depth and alias expansion are limited, so that any text soon leads to a tree, or to a problem
/// with a location.
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
    const int MaxAliasedNodes = 4_000_000;

    readonly Dictionary<string, YamlNode> _anchors = new(StringComparer.Ordinal);
    int _aliasedNodes;

    /// <summary>
    /// Null, and at least one problem, if it is not a single YAML document. A duplicate key is a problem, too, but there is a tree.
    /// </summary>
    /// <param name="file">The name of the file, for messages.</param>
    /// <param name="text">The whole file.</param>
    /// <param name="problems">Receives the problems.</param>
    /// <param name="key">A key of the outermost map whose list may be long; "" for none.</param>
    /// <param name="take">Receives each item of that list with its index as soon as it is read, so that not all items are in
    /// memory.</param>
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
            // YamlDotNet's messages do not quote the file.
            tree.AddProblem(e.Start, $"invalid YAML: {char.ToLowerInvariant(e.Message[0])}{e.Message.AsSpan(1).TrimEnd('.')}");
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
            tree.AddProblem(scanner.CurrentPosition, "invalid YAML: cannot be parsed here");
        }
        catch (AbortedException)
        {
            // The problem has been added.
        }

        return null;
    }

    YamlNode? ReadDocument()
    {
        Next<StreamStart>();
        if (!parser.MoveNext() || parser.Current is StreamEnd)
        {
            problems.Add(new(ProblemOrigin.Configuration, "is empty, but must be a map of settings") { Location = new(file, 1, 1) });
            return null;
        }

        parser.MoveNext();
        var root = ReadNode(depth: 0);
        Next<DocumentEnd>();
        parser.MoveNext();
        if (parser.Current is not StreamEnd)
            AddProblem(parser.Current?.Start ?? Mark.Empty, "a second document starts here: only one is allowed");
        return root;
    }

    T Next<T>()
        where T : ParsingEvent
    {
        parser.MoveNext();
        return parser.Current as T ?? throw new InvalidOperationException();
    }

    /// <summary>Reads the node at the current event of the parser, up to its last event.</summary>
    YamlNode ReadNode(int depth)
    {
        var at = parser.Current!;
        if (depth == MaxDepth)
            throw AbortWith(at.Start, $"is nested more than {MaxDepth} levels deep");
        if (at is AnchorAlias alias)
            return ResolveAlias(alias);
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

    YamlNode ResolveAlias(AnchorAlias alias)
    {
        if (!_anchors.TryGetValue(alias.Value.Value, out var node))
            throw AbortWith(
                alias.Start,
                "an alias (*) without an anchor (&) of that name before it; a string that starts with * needs quotes"
            );
        Count(node.Size, alias.Start);
        return node;
    }

    void Count(int nodes, Mark at)
    {
        _aliasedNodes += nodes;
        if (_aliasedNodes > MaxAliasedNodes)
            throw AbortWith(at, "aliases expand to too many nodes");
    }

    YamlScalar Text(Scalar scalar)
    {
        var isString = !scalar.Tag.IsEmpty && (scalar.Tag.IsNonSpecific || scalar.Tag.Value == "tag:yaml.org,2002:str");
        if (!scalar.Tag.IsEmpty && !isString)
            throw AbortWith(scalar.Start, "tags (!) are not supported; a string that starts with ! needs quotes");
        return new(file, Line(scalar.Start), Column(scalar.Start), scalar.Value, scalar.Style is ScalarStyle.Plain && !isString);
    }

    YamlSequence ReadSequence(SequenceStart start, int depth, Action<YamlNode, int>? give = null)
    {
        RejectTag(start);
        var items = new List<YamlNode>();
        var (size, index) = (1, 0);
        while (parser.MoveNext() && parser.Current is not SequenceEnd)
        {
            if (start.Style is SequenceStyle.Block)
                RejectTab(parser.Current!.Start);
            var item = ReadNode(depth + 1);
            size += item.Size;
            if (give is null)
                items.Add(item);
            else
                give(item, index++);
        }

        return new(file, Line(start.Start), Column(start.Start), size, [.. items]) { IsStreamed = give is not null };
    }

    YamlMapping ReadMapping(MappingStart start, int depth)
    {
        RejectTag(start);
        var map = new YamlMapping(file, Line(start.Start), Column(start.Start), start.Style is MappingStyle.Flow);
        List<YamlNode>? merged = null;
        while (parser.MoveNext() && parser.Current is not MappingEnd)
        {
            var isMerge = parser.Current is Scalar { Value: "<<", Style: ScalarStyle.Plain };
            var at = parser.Current!.Start;
            if (!map.IsFlow)
                RejectTab(at);
            if (ReadNode(depth + 1) is not YamlScalar key)
                throw AbortWith(at, "a key must be a string");
            if (!parser.MoveNext())
                throw new InvalidOperationException();
            var value =
                depth == 0 && key.Text == longKey && parser.Current is SequenceStart { Anchor.IsEmpty: true } list
                    ? ReadSequence(list, depth + 1, take)
                    : ReadNode(depth + 1);
            if (isMerge)
                (merged ??= []).Add(value);
            else if (!map.Add(new(key, value)))
                AddDuplicateKey(map, key);
        }

        foreach (var source in merged ?? [])
            Merge(source, map);
        return map;
    }

    void AddDuplicateKey(YamlMapping map, YamlScalar key)
    {
        var name = SecretKeys.MayBePartOfSecret(map.IsFlow, map.Entries, map.Entries.Count)
            ? SecretKeys.HiddenKey
            : Redaction.Quoted(key.Text);
        var first = map.Find(key.Text)!.Key.Location;
        problems.Add(
            new(ProblemOrigin.Configuration, $"{name}: the key is given twice; the first is at {first}") { Location = key.Location }
        );
    }

    /// <summary>The map's own keys take precedence, then the first of several merged maps.</summary>
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
            problems.Add(new(ProblemOrigin.Configuration, "<<: must be a map, or a list of maps, to merge") { Location = source.Location });
        }
    }

    /// <summary>YamlDotNet treats a tab as one space, which may give a line another depth than the author meant.</summary>
    void RejectTab(Mark at)
    {
        var before = text.AsSpan(0, (int)Math.Min(at.Index, text.Length));
        var line = text.AsSpan(before.LastIndexOf('\n') + 1);
        var tab = line[..Math.Max(0, line.IndexOfAnyExcept(' ', '\t'))].IndexOf('\t');
        if (tab >= 0)
            throw AbortWith(new Mark(at.Index, at.Line, tab + 1), "a tab in the indentation: use spaces");
    }

    void RejectTag(NodeEvent collection)
    {
        if (
            !collection.Tag.IsEmpty
            && !collection.Tag.IsNonSpecific
            && collection.Tag.Value is not ("tag:yaml.org,2002:map" or "tag:yaml.org,2002:seq")
        )
            throw AbortWith(collection.Start, "tags (!) are not supported; a string that starts with ! needs quotes");
    }

    SourceLocation At(Mark mark) => new(file, Line(mark), Column(mark));

    static int Line(Mark mark) => (int)Math.Clamp(mark.Line, 1, int.MaxValue);

    static int Column(Mark mark) => (int)Math.Clamp(mark.Column, 1, int.MaxValue);

    void AddProblem(Mark at, string what) => problems.Add(new(ProblemOrigin.Configuration, what) { Location = At(at) });

    AbortedException AbortWith(Mark at, string what)
    {
        AddProblem(at, what);
        return new();
    }

    /// <summary>Ends reading after a problem has been added.</summary>
#pragma warning disable CA1064 // Thrown and caught only in this class.
    sealed class AbortedException : Exception;
#pragma warning restore CA1064
}
