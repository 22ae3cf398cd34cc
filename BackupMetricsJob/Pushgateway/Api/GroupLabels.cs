using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace BackupMetricsJob.Pushgateway.Api;

/// <summary>
/// The labels of another job's group as bytes, because a gateway's labels need not be UTF-8. Gives its path and a description for people.
/// </summary>
internal static class GroupLabels
{
    public static IEnumerable<(string Name, byte[] Value)> FromText(IReadOnlyList<GroupingLabel> labels)
    {
        foreach (var (name, value) in labels)
            yield return (name, Encoding.UTF8.GetBytes(value));
    }

    /// <summary>The path below <c>/metrics</c>, job first. The gateway decodes it to these exact bytes.</summary>
    public static string ToPath(IReadOnlyList<(string Name, byte[] Value)> labels)
    {
        var path = new StringBuilder();
        foreach (var (name, value) in labels.OrderBy(label => label.Name != "job"))
            path.Append('/').Append(name).Append("@base64/").Append(Base64(value));
        return path.ToString();
    }

    /// <summary>Decodes the value as the gateway's JSON does: each byte that is not UTF-8 becomes one U+FFFD.</summary>
    public static string DecodeAsGateway(ReadOnlySpan<byte> value)
    {
        var text = new StringBuilder();
        Decode(value, text, static (broken, text) => text.Append(Rune.ReplacementChar.ToString()));
        return text.ToString();
    }

    public static string Describe(IReadOnlyList<(string Name, byte[] Value)> labels)
    {
        var text = new StringBuilder("{");
        foreach (var (name, value) in labels)
        {
            text.Append(text.Length > 1 ? ", " : "").Append(name).Append("=\"");
            Decode(value, text, static (broken, text) => text.Append(CultureInfo.InvariantCulture, $"\\x{broken:x2}"));
            text.Append('"');
        }

        return PlainText.OnOneLine(text.Append('}').ToString());
    }

    static string Base64(byte[] value) => value.Length == 0 ? "=" : Base64Url.EncodeToString(value);

    static void Decode(ReadOnlySpan<byte> value, StringBuilder text, Action<byte, StringBuilder> broken)
    {
        while (!value.IsEmpty)
        {
            var isWhole = Rune.DecodeFromUtf8(value, out var rune, out var length) == System.Buffers.OperationStatus.Done;
            if (isWhole)
                text.Append(rune.ToString());
            else
                foreach (var one in value[..length])
                    broken(one, text);
            value = value[length..];
        }
    }
}
