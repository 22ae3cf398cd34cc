using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>One value of a document, whole, with its place. No object in it has a key twice, and it is valid UTF-8.</summary>
internal sealed class JsonItem : IDisposable
{
    static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    readonly JsonDocument document;
    readonly ReadOnlyMemory<byte> bytes;

    JsonItem(JsonDocument document, ReadOnlyMemory<byte> bytes, string path)
    {
        this.document = document;
        this.bytes = bytes;
        Fields = new Fields(document.RootElement, path);
    }

    public Fields Fields { get; }

    /// <summary>As the tool printed it; null where PostgreSQL's jsonb could not hold it (NUL, half a surrogate pair, a number without end).</summary>
    public string? Raw => FitsJsonb(bytes.Span) ? Encoding.UTF8.GetString(bytes.Span) : null;

    public static JsonItem Parse(ReadOnlyMemory<byte> bytes, string path)
    {
        if (!Utf8.IsValid(bytes.Span))
            throw new ListingException(path, "the text here is not valid UTF-8");
        try
        {
            return new JsonItem(JsonDocument.Parse(bytes, Strict), bytes, path);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // It was read as JSON already: what is left is a key that stands twice or is no text.
            throw new ListingException(path, $"a key stands twice in an object here: {Shown.Words(error.Message)}");
        }
    }

    public void Dispose() => document.Dispose();

    static bool FitsJsonb(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.Number && reader.ValueSpan.Length > 100)
                return false;
            if (reader.TokenType == JsonTokenType.Number && reader.ValueSpan.IndexOfAny((byte)'e', (byte)'E') is var exponent and >= 0
                && reader.ValueSpan.Length - exponent > 4)
                return false;
            if (reader.ValueIsEscaped && !IsText(in reader))
                return false;
        }

        return true;
    }

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
