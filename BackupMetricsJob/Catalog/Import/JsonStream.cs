using System.Buffers;
using System.Text.Json;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>
/// Reads a JSON document from a stream token by token, or a value at a time, and knows where it stands. Memory is one buffer, which grows
/// to the largest value that is asked for whole, 16 MiB at most. What is not JSON, ends early or goes on after its end is a
/// <see cref="ListingException"/> with path, line and byte.
/// </summary>
internal sealed class JsonStream(Stream stream, int bufferSize = 64 * 1024) : IDisposable
{
    const int LargestValue = 16 * 1024 * 1024;

    readonly JsonPath path = new();
    byte[] buffer = ArrayPool<byte>.Shared.Rent(bufferSize);
    int start;
    int end;
    bool atEnd;
    JsonReaderState state;
    JsonItem? lent;

    public string Path => path.ToString();

    /// <summary>The key that was read last.</summary>
    public string Key { get; private set; } = "";

    /// <summary>Reads one token; None at the end of the document.</summary>
    public async ValueTask<JsonTokenType> ReadAsync(CancellationToken cancel)
    {
        JsonTokenType token;
        while (!TryRead(out token))
            await FillAsync(cancel);
        return token;
    }

    /// <summary>Reads one token, which must be this one.</summary>
    public async ValueTask ExpectAsync(JsonTokenType expected, string what, CancellationToken cancel)
    {
        var token = await ReadAsync(cancel);
        if (token != expected)
            throw new ListingException(Path, $"{what} is expected here, not {Named(token)}");
    }

    /// <summary>The kind of the next token, which stays unread.</summary>
    public async ValueTask<JsonTokenType> PeekAsync(CancellationToken cancel)
    {
        JsonTokenType token;
        while (!TryPeek(out token))
            await FillAsync(cancel);
        return token;
    }

    /// <summary>Reads the next value whole; null where its array ends. The item lives until the next call.</summary>
    public async ValueTask<JsonItem?> ValueAsync(CancellationToken cancel)
    {
        JsonItem? item;
        while (!TryValue(out item))
            await FillAsync(cancel);
        return item;
    }

    /// <summary>Passes over the next value, however large.</summary>
    public async ValueTask SkipAsync(CancellationToken cancel)
    {
        if (await ReadAsync(cancel) is JsonTokenType.StartObject or JsonTokenType.StartArray)
            await LeaveAsync(cancel);
    }

    /// <summary>Passes over the rest of the object or array whose start was read last.</summary>
    public async ValueTask LeaveAsync(CancellationToken cancel)
    {
        var depth = 1;
        while ((depth = Rise(depth)) > 0)
            await FillAsync(cancel);
        path.Leave();
    }

    public void Dispose()
    {
        lent?.Dispose();
        ArrayPool<byte>.Shared.Return(buffer);
    }

    static string Named(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "true or false",
        JsonTokenType.Null => "null",
        _ => "the end",
    };

    bool TryRead(out JsonTokenType token)
    {
        token = JsonTokenType.None;
        var reader = Reader();
        try
        {
            if (!reader.Read())
            {
                Consume(in reader);
                return atEnd;
            }

            if (reader.TokenType == JsonTokenType.PropertyName)
                Key = reader.GetString()!;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw Broken(error);
        }

        token = reader.TokenType;
        Consume(in reader);
        path.Follow(token, Key);
        return true;
    }

    bool TryPeek(out JsonTokenType token)
    {
        var reader = Reader();
        try
        {
            var found = reader.Read();
            token = found ? reader.TokenType : JsonTokenType.None;
            return found || atEnd;
        }
        catch (JsonException error)
        {
            throw Broken(error);
        }
    }

    bool TryValue(out JsonItem? item)
    {
        item = null;
        var reader = Reader();
        try
        {
            if (!reader.Read())
                return atEnd;
            if (reader.TokenType == JsonTokenType.EndArray)
            {
                Consume(in reader);
                path.Leave();
                return true;
            }

            var from = start + (int)reader.TokenStartIndex;
            if (!reader.TrySkip())
                return false;
            Consume(in reader);
            path.FollowValue();
            lent = item = JsonItem.Parse(buffer.AsMemory(from, start - from), Path);
            return true;
        }
        catch (JsonException error)
        {
            throw Broken(error);
        }
    }

    int Rise(int depth)
    {
        var reader = Reader();
        try
        {
            while (depth > 0 && reader.Read())
            {
                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                    depth++;
                else if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
                    depth--;
            }
        }
        catch (JsonException error)
        {
            throw Broken(error);
        }

        Consume(in reader);
        return depth;
    }

    Utf8JsonReader Reader()
    {
        lent?.Dispose();
        lent = null;
        return new Utf8JsonReader(buffer.AsSpan(start, end - start), atEnd, state);
    }

    void Consume(in Utf8JsonReader reader)
    {
        start += (int)reader.BytesConsumed;
        state = reader.CurrentState;
    }

    async ValueTask FillAsync(CancellationToken cancel)
    {
        MakeRoom();
        var room = buffer.AsMemory(end);
        var read = await stream.ReadAtLeastAsync(room, room.Length, throwOnEndOfStream: false, cancel);
        end += read;
        atEnd = read < room.Length;
    }

    void MakeRoom()
    {
        buffer.AsSpan(start, end - start).CopyTo(buffer);
        end -= start;
        start = 0;
        if (end < buffer.Length)
            return;
        if (buffer.Length >= LargestValue)
            throw new ListingException(Path, $"one value here is longer than {LargestValue} bytes: no tool prints that of one backup");
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.AsSpan(0, end).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }

    ListingException Broken(Exception error)
    {
        if (EndsEarly())
            return new ListingException(Path, "the input ends in the middle of the JSON");
        if (error is not JsonException { LineNumber: { } line, BytePositionInLine: { } place })
            return new ListingException(Path, "the text here is not valid UTF-8 or Unicode");
        var words = error.Message.IndexOf(" LineNumber:", StringComparison.Ordinal) is var cut and > 0 ? error.Message[..cut] : error.Message;
        return new ListingException(Path, $"not JSON at line {line + 1}, byte {place + 1}: {Shown.Words(words)}");
    }

    /// <summary>Whether more input could have made JSON of it.</summary>
    bool EndsEarly()
    {
        if (!atEnd)
            return false;
        var reader = new Utf8JsonReader(buffer.AsSpan(start, end - start), isFinalBlock: false, state);
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
