using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>
/// The text of a value in a document that <see cref="JsonInput"/> has checked, with its position as a JSON path. An object never has the
/// same key twice.
/// </summary>
internal readonly record struct JsonText(ReadOnlySequence<byte> Bytes, string Path)
{
    const int MaxKeys = 100_000;
    const int MaxValue = 16 * 1024 * 1024;

    /// <summary>
    /// For skipped values. wal-g prints user_data, and pgBackRest annotations, as the user gave them. These may be nested deeply.
    /// </summary>
    public static readonly JsonReaderOptions Deep = new() { MaxDepth = 100_000 };

    /// <summary>Keys that no fact needs. If one of them makes a backup unreadable, the backup is read without it.</summary>
    static readonly string[] UsersOwn = ["user_data", "annotation"];

    static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>The first token of the value: StartObject, StartArray, String and so on.</summary>
    public JsonTokenType Kind
    {
        get
        {
            var reader = Reader();
            reader.Read();
            return reader.TokenType;
        }
    }

    /// <summary>The values of this object by their keys, in the order of the document. None of them is parsed yet.</summary>
    public OrderedDictionary<string, JsonText> Members(string expected)
    {
        Require(JsonTokenType.StartObject, expected);
        var members = new OrderedDictionary<string, JsonText>(StringComparer.Ordinal);
        var reader = Reader();
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = Key(in reader);
            reader.Read();
            var start = reader.TokenStartIndex;
            reader.Skip();
            if (members.Count == MaxKeys)
                throw new ListingException(Path, $"an object here has more than {MaxKeys} keys");
            if (!members.TryAdd(key, new JsonText(Bytes.Slice(start, reader.BytesConsumed - start), Path + Step(key))))
                throw new ListingException(Path, $"the key \"{PlainText.OnOneLine(key, 60)}\" stands twice in this object");
        }

        return members;
    }

    /// <summary>The values in this array, one after the other. None of them is parsed yet.</summary>
    public IEnumerable<JsonText> Items(string expected)
    {
        Require(JsonTokenType.StartArray, expected);
        var rest = Bytes;
        var state = new JsonReaderState(Deep);
        for (var index = 0; TryNext(ref rest, ref state, isFirst: index == 0, out var item); index++)
            yield return new JsonText(item, $"{Path}[{index}]");
    }

    /// <summary>Parses this value: one backup, or the data about a server.</summary>
    public Fields Parse()
    {
        if (Bytes.Length > MaxValue)
            throw new ListingException(Path, $"one value here is longer than {MaxValue} bytes: no tool prints that of one backup");
        var bytes = Bytes.IsSingleSegment ? Bytes.FirstSpan : Bytes.ToArray();
        if (!Utf8.IsValid(bytes))
            throw new ListingException(Path, "the text here is not valid UTF-8");
        try
        {
            return new Fields(JsonElement.Parse(bytes, Strict), Path);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // It is valid JSON. What can still be wrong is a key that occurs twice or is not valid text, or nesting that is too deep.
            if (WithoutUsersOwn() is { } rest)
                return rest.Parse();
            throw new ListingException(
                Path,
                $"an object here has a key twice, or too many objects in one another: {PlainText.OnOneLine(error.Message)}"
            );
        }
    }

    /// <summary>
    /// Parses a value that is only displayed. Invalid text becomes U+FFFD, so that ciphertext in a message does not make the rest of the
    /// document unusable.
    /// </summary>
    public Fields ParseMessages()
    {
        var bytes = Bytes.ToArray();
        return Utf8.IsValid(bytes) ? Parse() : (this with { Bytes = new(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes))) }).Parse();
    }

    /// <summary>The text of a key of this object; null if there is none, or it cannot be read.</summary>
    public string? MemberText(string key)
    {
        try
        {
            return Members("an object").TryGetValue(key, out var member) ? member.Parse().AsText() : null;
        }
        catch (ListingException)
        {
            return null;
        }
    }

    Utf8JsonReader Reader() => new(Bytes, isFinalBlock: true, new JsonReaderState(Deep));

    JsonText? WithoutUsersOwn()
    {
        if (Kind != JsonTokenType.StartObject)
            return null;
        return Members("an object").Keys.Any(UsersOwn.Contains) ? Without(UsersOwn) : null;
    }

    /// <summary>This object without some of its keys.</summary>
    public JsonText Without(params IReadOnlyCollection<string> keys)
    {
        var members = Members("an object");
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new() { SkipValidation = true }))
        {
            json.WriteStartObject();
            foreach (var (key, value) in members)
            {
                if (keys.Contains(key))
                    continue;
                json.WritePropertyName(key);
                json.WriteRawValue(value.Bytes, skipInputValidation: true);
            }

            json.WriteEndObject();
        }

        return new JsonText(new(buffer.WrittenMemory), Path);
    }

    void Require(JsonTokenType kind, string expected)
    {
        if (Kind != kind)
            throw new ListingException(Path, $"{expected} is expected here, not {Fields.Named(Kind)}");
    }

    string Key(in Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new ListingException(Path, "a key of this object is not valid UTF-8 or Unicode");
        }
    }

    static bool TryNext(ref ReadOnlySequence<byte> rest, ref JsonReaderState state, bool isFirst, out ReadOnlySequence<byte> item)
    {
        var reader = new Utf8JsonReader(rest, isFinalBlock: true, state);
        if (isFirst)
            reader.Read();
        reader.Read();
        var start = reader.TokenStartIndex;
        reader.Skip();
        item = rest.Slice(start, reader.BytesConsumed - start);
        rest = rest.Slice(reader.Position);
        state = reader.CurrentState;
        return reader.TokenType != JsonTokenType.EndArray || item.Length > 1;
    }

    /// <summary>The step to a key in a path: .key, or ['key'] if it is not a plain word.</summary>
    static string Step(string key) =>
        key.Length is > 0 and <= 60 && key.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-')
            ? "." + key
            : $"['{PlainText.OnOneLine(key, 60)}']";
}
