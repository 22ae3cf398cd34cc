using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>
/// Exactly the values that docs/import-generic.schema.json allows: a test compares the patterns. They mean the same in .NET and in
/// ECMAScript, except for a final line feed, which no value may have.
/// </summary>
internal static partial class GenericValues
{
    public const string TimePattern =
        "^[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[T ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?"
        + "(Z|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)$";

    public const string ToolPattern = "^[A-Za-z0-9][A-Za-z0-9._+-]{0,62}$";

    public const string VersionPattern = "^([89]\\.[0-9]{1,2}(\\.[0-9]{1,2})?|[1-9][0-9](\\.[0-9]{1,2})?)$";

    public const string SystemIdentifierPattern = "^[1-9][0-9]{0,18}$";

    public const string PositionPattern = "^(?!0+/0+$)[0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8}$";

    public const string SegmentPattern = "^(?!00000000)[0-7][0-9A-F]{23}$";

    public const string BytesPattern = "^[0-9]{1,18}$";

    const string Forever = "forever";
    const long LastSecond = 253_402_300_799; // 9999-12-31T23:59:59Z

    public static void RequireKnown(Fields fields, IReadOnlyCollection<string> keys)
    {
        foreach (var member in fields.AsObject().Element.EnumerateObject())
        {
            if (!keys.Contains(member.Name))
                throw fields.Refused(
                    PlainText.OnOneLine(member.Name, 60),
                    $"there is no such key: {string.Join(", ", keys)} are known (docs/tools/generic.md)"
                );
        }
    }

    public static string Text(Fields fields, string key) =>
        fields.Text(key) is { Length: > 0 } text ? text : throw fields.Refused(key, "words are missing here");

    public static string Name(Fields fields, string key) =>
        OptionalName(fields, key) ?? throw fields.Refused(key, "a name is missing here");

    public static string? OptionalName(Fields fields, string key) => fields.OptionalName(key);

    /// <summary>Null if the key is missing; otherwise at least one name, without duplicates.</summary>
    public static IReadOnlyList<string>? Names(Fields fields, string key)
    {
        if (!fields.Has(key))
            return null;
        var list = fields.Element.GetProperty(key);
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0)
            throw fields.Refused(key, "an array of names is expected here");
        var names = new List<string>();
        foreach (var item in list.EnumerateArray())
        {
            var path = $"{fields.Path}.{key}[{names.Count}]";
            var name = Fields.CheckedName(new Fields(item, path).AsText(), path);
            if (names.Contains(name))
                throw new ListingException(path, $"\"{PlainText.OnOneLine(name, 60)}\" stands twice");
            names.Add(name);
        }

        return names;
    }

    public static string Tool(Fields fields, string key) =>
        Matched(fields, key, ToolName, "no name of a tool: letters and digits, with . _ + or - between them, 63 at most")
        ?? throw fields.Refused(key, "the name of the tool is missing");

    /// <summary>RFC 3339 or PostgreSQL's format, always with a zone; or whole seconds since 1970.</summary>
    public static DateTimeOffset? Time(Fields fields, string key)
    {
        if (!fields.Has(key))
            return null;
        if (fields.Element.GetProperty(key).ValueKind == JsonValueKind.Number)
        {
            return fields.Count(key) is <= LastSecond and var seconds
                ? DateTimeOffset.FromUnixTimeSeconds(seconds)
                : throw fields.Refused(key, "that many seconds since 1970 are no date: are these milliseconds?");
        }

        const string What = "no time with its zone, like 2026-11-22T08:26:38Z or 2026-11-22T09:26:38+01:00";
        return ToolTime.ParseIso(Matched(fields, key, TimeText, What)!, TimeZoneInfo.Utc) ?? throw No(fields, key, What);
    }

    /// <summary>A number, or its digits in a string, as written by shells and jq --arg.</summary>
    public static long? Bytes(Fields fields, string key) =>
        fields.Has(key)
        && fields.Element.GetProperty(key).ValueKind == JsonValueKind.String
        && Matched(fields, key, BytesText, "no number of bytes") is { } digits
            ? long.Parse(digits, CultureInfo.InvariantCulture)
            : fields.Count(key);

    public static DateTimeOffset? Until(Fields fields, string key) =>
        fields.Has(key) && fields.Element.GetProperty(key) is { ValueKind: JsonValueKind.String } text && text.ValueEquals(Forever)
            ? DateTimeOffset.MaxValue
            : Time(fields, key);

    public static ulong? Position(Fields fields, string key) =>
        Matched(fields, key, PositionText, "no LSN, like 0/2B000028") is null ? null : fields.Lsn(key);

    public static string? Segment(Fields fields, string key) =>
        Matched(fields, key, SegmentText, "no WAL segment, like 00000001000000000000002B");

    public static int? Timeline(Fields fields, string key) =>
        !fields.Has(key) ? null
        : fields.Element.GetProperty(key).ValueKind == JsonValueKind.Number && fields.Integer(key) is > 0 and var timeline ? timeline
        : throw fields.Refused(key, "the number of a timeline is expected here, 1 or more");

    /// <summary>A string, because most programs round a number above 2^53, which would make it another cluster's.</summary>
    public static ulong? SystemIdentifier(Fields fields, string key) =>
        fields.Has(key) && fields.Element.GetProperty(key).ValueKind == JsonValueKind.Number
            ? throw fields.Refused(key, "a string is expected here, not a number: most programs round a number that long")
        : Matched(fields, key, SystemIdentifierText, "no system identifier") is { } digits
            ? ulong.Parse(digits, CultureInfo.InvariantCulture)
        : null;

    /// <summary>server_version_num of 170002, "17.2", "17" or "9.6.24".</summary>
    public static int? Version(Fields fields, string key)
    {
        if (!fields.Has(key))
            return null;
        if (fields.Element.GetProperty(key).ValueKind == JsonValueKind.Number)
        {
            return fields.Integer(key) is >= 80000 and <= 999999 and var number
                ? number
                : throw fields.Refused(key, "server_version_num is expected here, like 170002, or a string, like \"17.2\"");
        }

        var parts = Matched(fields, key, VersionText, "no version of PostgreSQL, like 17.2")!
            .Split('.')
            .Select(part => int.Parse(part, CultureInfo.InvariantCulture))
            .ToArray();
        return parts is [< 10 and var first, var major, ..]
            ? (first * 10000) + (major * 100) + (parts.Length > 2 ? parts[2] : 0)
            : (parts[0] * 10000) + (parts.Length > 1 ? parts[1] : 0);
    }

    public static ListingException NoSuchWord(Fields fields, string key, string words, string? found) =>
        fields.Refused(key, $"{words} is expected here, not {(found is null ? "nothing" : $"\"{PlainText.OnOneLine(found, 60)}\"")}");

    static string? Matched(Fields fields, string key, Regex pattern, string what) =>
        fields.Text(key) is not { } text ? null
        : text.EndsWith('\n') || !pattern.IsMatch(text) ? throw No(fields, key, what)
        : text;

    static ListingException No(Fields fields, string key, string what) =>
        fields.Refused(key, $"\"{PlainText.OnOneLine(fields.Text(key)!, 60)}\" is {what}");

    [GeneratedRegex(TimePattern)]
    private static partial Regex TimeText { get; }

    [GeneratedRegex(ToolPattern)]
    private static partial Regex ToolName { get; }

    [GeneratedRegex(VersionPattern)]
    private static partial Regex VersionText { get; }

    [GeneratedRegex(SystemIdentifierPattern)]
    private static partial Regex SystemIdentifierText { get; }

    [GeneratedRegex(BytesPattern)]
    private static partial Regex BytesText { get; }

    [GeneratedRegex(PositionPattern)]
    private static partial Regex PositionText { get; }

    [GeneratedRegex(SegmentPattern)]
    private static partial Regex SegmentText { get; }
}
