using System.Globalization;
using System.Text;

namespace BackupMetricsJob.Pushgateway;

/// <summary>What a gateway does not like about a metric.</summary>
internal enum ComplaintKind
{
    NotUtf8,
    OtherType,
    SameSeries,
}

/// <summary>One metric that a gateway's refusal names, with all its labels, byte by byte.</summary>
internal sealed record Complaint(ComplaintKind Kind, string Metric, IReadOnlyList<(string Name, byte[] Value)> Labels)
{
    const string Begin = "collected metric \"";

    static readonly (string Words, ComplaintKind Kind)[] Kinds =
    [
        ("} has a label named \"", ComplaintKind.NotUtf8),
        ("} is not a ", ComplaintKind.OtherType),
        ("} was collected before with the same name and label values", ComplaintKind.SameSeries),
    ];

    /// <summary>Everything in the words of client_golang, which print a metric as text of protobuf, that can be read. What cannot is left out.</summary>
    public static IReadOnlyList<Complaint> Read(string answer)
    {
        var found = new List<Complaint>();
        for (var at = answer.IndexOf(Begin, StringComparison.Ordinal); at >= 0;)
        {
            var next = answer.IndexOf(Begin, at + Begin.Length, StringComparison.Ordinal);
            if (ReadOne(answer[(at + Begin.Length)..(next < 0 ? answer.Length : next)]) is { } complaint) found.Add(complaint);
            at = next;
        }

        return found;
    }

    public byte[]? Value(string label) => Labels.FirstOrDefault(one => one.Name == label).Value;

    static Complaint? ReadOne(string text)
    {
        var end = text.IndexOf("\" {", StringComparison.Ordinal);
        if (end < 0) return null;
        var at = end + 3;
        var labels = new List<(string, byte[])>();
        while (TryReadLabel(text, ref at) is { } label) labels.Add(label);
        foreach (var (words, kind) in Kinds)
        {
            if (text.IndexOf(words, at, StringComparison.Ordinal) >= 0) return new(kind, text[..end], labels);
        }

        return null;
    }

    // label:<name:"x" value:"y" >, and label:{name:"x"  value:"y"} from newer ones.
    static (string Name, byte[] Value)? TryReadLabel(string text, ref int at)
    {
        var from = at;
        if (Take(text, ref from, "label:") && (Take(text, ref from, "<") || Take(text, ref from, "{"))
            && Take(text, ref from, "name:") && TryReadText(text, ref from) is { } name
            && Take(text, ref from, "value:") && TryReadText(text, ref from) is { } value
            && (Take(text, ref from, ">") || Take(text, ref from, "}")))
        {
            at = from;
            return (Encoding.UTF8.GetString(name), value);
        }

        return null;
    }

    static bool Take(string text, ref int at, string what)
    {
        while (at < text.Length && text[at] == ' ') at++;
        if (string.CompareOrdinal(text, at, what, 0, what.Length) != 0) return false;
        at += what.Length;
        return true;
    }

    static byte[]? TryReadText(string text, ref int at)
    {
        if (!Take(text, ref at, "\"")) return null;
        var bytes = new List<byte>();
        while (at < text.Length && text[at] != '"')
        {
            if (text[at] != '\\')
            {
                var length = char.IsHighSurrogate(text[at]) && at + 1 < text.Length ? 2 : 1;
                bytes.AddRange(Encoding.UTF8.GetBytes(text.Substring(at, length)));
                at += length;
            }
            else if (!TryReadEscape(text, ref at, bytes)) return null;
        }

        return at < text.Length && text[at++] == '"' ? [.. bytes] : null;
    }

    static bool TryReadEscape(string text, ref int at, List<byte> bytes)
    {
        if (at + 1 >= text.Length) return false;
        var kind = text[at + 1];
        var (digits, style, radix) = kind switch
        {
            'x' => (2, NumberStyles.AllowHexSpecifier, 16),
            'u' => (4, NumberStyles.AllowHexSpecifier, 16),
            'U' => (8, NumberStyles.AllowHexSpecifier, 16),
            >= '0' and <= '7' => (3, NumberStyles.None, 8),
            _ => (0, NumberStyles.None, 0),
        };
        if (digits == 0)
        {
            bytes.Add((byte)(kind switch { 'n' => '\n', 'r' => '\r', 't' => '\t', _ => kind }));
            at += 2;
            return kind is 'n' or 'r' or 't' or '"' or '\\' or '\'';
        }

        var from = radix == 8 ? at + 1 : at + 2;
        if (from + digits > text.Length) return false;
        var number = text.AsSpan(from, digits);
        at = from + digits;
        if (radix == 8)
        {
            if (number.ContainsAnyExceptInRange('0', '7')) return false;
            bytes.Add((byte)(((number[0] - '0') * 64) + ((number[1] - '0') * 8) + number[2] - '0'));
            return true;
        }

        if (!uint.TryParse(number, style, CultureInfo.InvariantCulture, out var code)) return false;
        if (kind == 'x') bytes.Add((byte)code);
        else if (Rune.IsValid(code)) bytes.AddRange(Encoding.UTF8.GetBytes(new Rune(code).ToString()));
        else return false;
        return true;
    }
}
