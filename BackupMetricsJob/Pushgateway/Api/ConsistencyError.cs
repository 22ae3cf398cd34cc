using System.Text;
using System.Text.RegularExpressions;

namespace BackupMetricsJob.Pushgateway.Api;

/// <summary>Why a gateway rejects a metric.</summary>
internal enum ConsistencyErrorKind
{
    NotUtf8,
    OtherType,
    SameSeries,
}

/// <summary>One metric named in a gateway's refusal, with all its labels as bytes.</summary>
internal sealed partial record ConsistencyError(ConsistencyErrorKind Kind, string Metric, IReadOnlyList<(string Name, byte[] Value)> Labels)
{
    const string Begin = "collected metric \"";

    static readonly (string Words, ConsistencyErrorKind Kind)[] Kinds =
    [
        ("} has a label named \"", ConsistencyErrorKind.NotUtf8),
        ("} is not a ", ConsistencyErrorKind.OtherType),
        ("} was collected before with the same name and label values", ConsistencyErrorKind.SameSeries),
    ];

    /// <summary>Parses the messages of client_golang, which print metrics in protobuf text format. Skips what cannot be parsed.</summary>
    public static IReadOnlyList<ConsistencyError> Read(string answer)
    {
        var found = new List<ConsistencyError>();
        for (var at = answer.IndexOf(Begin, StringComparison.Ordinal); at >= 0; )
        {
            var next = answer.IndexOf(Begin, at + Begin.Length, StringComparison.Ordinal);
            if (ReadOne(answer[(at + Begin.Length)..(next < 0 ? answer.Length : next)]) is { } error)
                found.Add(error);
            at = next;
        }

        return found;
    }

    public byte[]? Value(string label) => Labels.FirstOrDefault(one => one.Name == label).Value;

    static ConsistencyError? ReadOne(string text)
    {
        var head = Head().Match(text);
        if (!head.Success)
            return null;
        var labels = new List<(string, byte[])>();
        foreach (var (name, value) in head.Groups["name"].Captures.Zip(head.Groups["value"].Captures))
        {
            if (TryUnescape(name.Value) is not { } nameBytes || TryUnescape(value.Value) is not { } valueBytes)
                return null;
            labels.Add((Encoding.UTF8.GetString(nameBytes), valueBytes));
        }

        foreach (var (words, kind) in Kinds)
        {
            if (text.IndexOf(words, head.Length, StringComparison.Ordinal) >= 0)
                return new(kind, head.Groups["metric"].Value, labels);
        }

        return null;
    }

    static byte[]? TryUnescape(string text)
    {
        var bytes = new List<byte>();
        var read = 0;
        foreach (Match part in Part().Matches(text))
        {
            if (part.Index != read)
                return null;
            read += part.Length;
            if (part.Groups["hex"] is { Success: true } hex)
                bytes.Add(Convert.ToByte(hex.Value, 16));
            else if (part.Groups["octal"] is { Success: true } octal)
                bytes.Add((byte)Convert.ToInt32(octal.Value, 8));
            else if (part.Groups["other"] is { Success: true, Value: [var other] })
                bytes.Add(
                    (byte)(
                        other switch
                        {
                            'n' => '\n',
                            'r' => '\r',
                            't' => '\t',
                            _ => other,
                        }
                    )
                );
            else if (part.Groups["code"] is { Success: true } code)
            {
                if (!Rune.TryCreate(Convert.ToUInt32(code.Value, 16), out var rune))
                    return null;
                bytes.AddRange(Encoding.UTF8.GetBytes(rune.ToString()));
            }
            else
                bytes.AddRange(Encoding.UTF8.GetBytes(part.Value));
        }

        return read == text.Length ? [.. bytes] : null;
    }

    // label:<name:"x" value:"y" >, or label:{name:"x"  value:"y"} in newer versions.
    [GeneratedRegex(
        """
            ^(?<metric>.*?)"\ \{
            (\ *label:\ *[<{]\ *name:\ *"(?<name>(?:[^"\\]|\\.)*)"\ *value:\ *"(?<value>(?:[^"\\]|\\.)*)"\ *[>}])*
            """,
        RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Head();

    [GeneratedRegex(
        """
            \\x(?<hex>[0-9a-fA-F]{2}) | \\u(?<code>[0-9a-fA-F]{4}) | \\U(?<code>[0-9a-fA-F]{8}) | \\(?<octal>[0-7]{3}) | \\(?<other>[nrt"\\']) | [^\\]+
            """,
        RegexOptions.IgnorePatternWhitespace
    )]
    private static partial Regex Part();
}
