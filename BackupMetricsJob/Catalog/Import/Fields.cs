using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>
/// The fields of an object, by key or by keys joined with dots. An absent field and a JSON null are both null; a field of the wrong kind, a
/// negative or fractional number, or one above 2^63 is a <see cref="ListingException"/> with its path. Numbers may stand as strings, as
/// object stores return them.
/// </summary>
internal readonly record struct Fields(JsonElement Element, string Path)
{
    /// <summary>The end of the message about an object that does not belong to a list of backups.</summary>
    public const string Nameless = "a name is missing here: is this the output of another command?";

    const int LongestName = 500;

    /// <summary>
    /// The text as the tool printed it; null if PostgreSQL's jsonb cannot store it (NUL, half a surrogate pair, a number of unlimited
    /// length).
    /// </summary>
    public string? Raw => FitsJsonb(JsonMarshal.GetRawUtf8Value(Element)) ? Element.GetRawText() : null;

    public ListingException Refused(string keys, string message) => new($"{Path}.{keys}", message);

    public Fields AsObject() =>
        Element.ValueKind == JsonValueKind.Object
            ? this
            : throw new ListingException(Path, $"an object is expected here, not {Kind(Element)}");

    public bool Has(string keys) => Find(keys) is not null;

    public string? Text(string keys) => Find(keys) is { } found ? new Fields(found, $"{Path}.{keys}").AsText() : null;

    /// <summary>A required name: not empty, without control characters, of reasonable length.</summary>
    public string Name(string keys) => OptionalName(keys) ?? throw Refused(keys, Nameless);

    public string? OptionalName(string keys) => Text(keys) is { } name ? CheckedName(name, $"{Path}.{keys}") : null;

    public static string CheckedName(string name, string path)
    {
        if (string.IsNullOrWhiteSpace(name))
            throw new ListingException(path, "the name is empty");
        if (name.Length > LongestName)
            throw new ListingException(
                path,
                $"the name \"{PlainText.OnOneLine(name, 60)}\" has {name.Length} characters: at most {LongestName} are allowed"
            );
        foreach (var character in name)
        {
            if (char.IsControl(character))
                throw new ListingException(
                    path,
                    $"the name \"{PlainText.OnOneLine(name, 60)}\" has the control character U+{(int)character:X4} in it"
                );
        }

        return name;
    }

    public long? Count(string keys) =>
        Unsigned(keys) switch
        {
            null => null,
            > long.MaxValue => throw NotANumber(keys, Find(keys)!.Value, "2^63 - 1"),
            var number => (long)number,
        };

    public int? Integer(string keys) =>
        Count(keys) switch
        {
            null => null,
            > int.MaxValue => throw NotANumber(keys, Find(keys)!.Value, "2^31 - 1"),
            var number => (int)number,
        };

    public ulong? Unsigned(string keys)
    {
        if (Find(keys) is not { } found)
            return null;
        if (found.ValueKind == JsonValueKind.Number && found.TryGetUInt64(out var number))
            return number;
        if (
            found.ValueKind == JsonValueKind.String
            && ulong.TryParse(Text(keys), NumberStyles.None, CultureInfo.InvariantCulture, out number)
        )
            return number;
        throw NotANumber(keys, found, "2^64 - 1");
    }

    public bool Flag(string keys) =>
        Find(keys) switch
        {
            null or { ValueKind: JsonValueKind.False } => false,
            { ValueKind: JsonValueKind.True } => true,
            { } found => throw Refused(keys, $"true or false is expected here, not {Kind(found)}"),
        };

    /// <summary>The objects in this array.</summary>
    public IEnumerable<Fields> Members()
    {
        if (Element.ValueKind != JsonValueKind.Array)
            throw new ListingException(Path, $"an array is expected here, not {Kind(Element)}");
        var index = 0;
        foreach (var member in Element.EnumerateArray())
            yield return new Fields(member, $"{Path}[{index++}]").AsObject();
    }

    /// <summary>This value itself, which must be a string.</summary>
    public string AsText()
    {
        if (Element.ValueKind != JsonValueKind.String)
            throw new ListingException(Path, $"a string is expected here, not {Kind(Element)}");
        try
        {
            return Element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new ListingException(Path, "half a surrogate pair stands here, which is no text");
        }
    }

    /// <summary>An LSN as X/Y in hexadecimal.</summary>
    public ulong? Lsn(string keys)
    {
        if (Text(keys) is not { Length: > 0 } text)
            return null;
        if (
            text.Split('/') is [{ Length: <= 8 } high, { Length: <= 8 } low]
            && Hexadecimal(high, out var upper)
            && Hexadecimal(low, out var lower)
        )
            return ((ulong)upper << 32) | lower;
        throw Refused(keys, $"\"{PlainText.OnOneLine(text, 60)}\" is no LSN, like 0/2B000028");
    }

    /// <summary>The name of a WAL segment; null for anything else.</summary>
    public string? Wal(string keys) => Text(keys) is { } name && SegmentName.IsName(name) ? name : null;

    public static string Named(JsonTokenType kind) =>
        kind switch
        {
            JsonTokenType.StartObject => "an object",
            JsonTokenType.StartArray => "an array",
            JsonTokenType.String => "a string",
            JsonTokenType.Number => "a number",
            JsonTokenType.Null => "null",
            _ => "true or false",
        };

    static string Kind(JsonElement element) =>
        Named(
            element.ValueKind switch
            {
                JsonValueKind.Object => JsonTokenType.StartObject,
                JsonValueKind.Array => JsonTokenType.StartArray,
                JsonValueKind.String => JsonTokenType.String,
                JsonValueKind.Number => JsonTokenType.Number,
                JsonValueKind.Null => JsonTokenType.Null,
                _ => JsonTokenType.True,
            }
        );

    static bool Hexadecimal(string digits, out uint number) =>
        uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number);

    ListingException NotANumber(string keys, JsonElement found, string most)
    {
        var isShort = found.ValueKind is JsonValueKind.Number or JsonValueKind.String;
        return Refused(
            keys,
            $"a whole number from 0 to {most} is expected here, not {(isShort ? PlainText.OnOneLine(found.GetRawText(), 60) : Kind(found))}"
        );
    }

    JsonElement? Find(string keys)
    {
        var found = AsObject().Element;
        var rest = keys.AsSpan();
        while (true)
        {
            var dot = rest.IndexOf('.');
            if (found.ValueKind != JsonValueKind.Object)
                throw Refused(keys[..(keys.Length - rest.Length - 1)], $"an object is expected here, not {Kind(found)}");
            if (!found.TryGetProperty(dot < 0 ? rest : rest[..dot], out found) || found.ValueKind == JsonValueKind.Null)
                return null;
            if (dot < 0)
                return found;
            rest = rest[(dot + 1)..];
        }
    }

    static bool FitsJsonb(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.Number && IsTooLong(reader.ValueSpan))
                return false;
            if (reader.ValueIsEscaped && !IsText(in reader))
                return false;
        }

        return true;

        static bool IsTooLong(ReadOnlySpan<byte> number) =>
            number.Length > 100 || (number.IndexOfAny((byte)'e', (byte)'E') is >= 0 and var exponent && number.Length - exponent > 4);

        static bool IsText(in Utf8JsonReader reader)
        {
            try
            {
                return !reader.GetString()!.Contains('\0', StringComparison.Ordinal);
            }
            catch (InvalidOperationException)
            {
                return false;
            }
        }
    }
}
