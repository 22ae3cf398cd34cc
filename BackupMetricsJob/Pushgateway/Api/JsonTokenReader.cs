using System.Text.Json;

namespace BackupMetricsJob.Pushgateway.Api;

/// <summary>
/// Reads JSON token by token from a stream of any length and keeps only the current token. Throws <see cref="JsonException"/> for anything
/// that is not JSON or is truncated.
/// </summary>
internal sealed class JsonTokenReader(Stream stream, CancellationToken cancellationToken)
{
    const int MaxToken = 4 << 20;

    byte[] _buffer = new byte[64 * 1024];
    JsonReaderState _state;
    int _begin;
    int _end;
    bool _ended;
    int _token;
    int _length;

    public JsonTokenType Type { get; private set; }

    /// <summary>Reads the next token.</summary>
    public async ValueTask<JsonTokenType> ReadAsync()
    {
        while (!TryRead())
            await FillAsync();
        return Type;
    }

    /// <summary>Reads the next property name; false at the end of the object.</summary>
    public async ValueTask<bool> ReadNameAsync() => await ReadAsync() == JsonTokenType.PropertyName;

    public void Expect(JsonTokenType type)
    {
        if (Type != type)
            throw new JsonException("unexpected JSON");
    }

    /// <summary>Whether the current name or string equals this ASCII text.</summary>
    public bool Is(ReadOnlySpan<byte> text) => _buffer.AsSpan(_token + 1, _length).SequenceEqual(text);

    /// <summary>The current name or string.</summary>
    public string Text()
    {
        if (Type is not (JsonTokenType.PropertyName or JsonTokenType.String))
            throw new JsonException("unexpected JSON");
        try
        {
            var reader = new Utf8JsonReader(_buffer.AsSpan(_token, _length + 2));
            reader.Read();
            return reader.GetString()!;
        }
        catch (InvalidOperationException failure)
        {
            throw new JsonException("a string is not well-formed Unicode", failure);
        }
    }

    /// <summary>Skips the current value, or the value after a name, with everything in it.</summary>
    public async ValueTask SkipAsync()
    {
        var depth = 0;
        while (true)
        {
            if (Type is JsonTokenType.StartObject or JsonTokenType.StartArray)
                depth++;
            else if (Type is JsonTokenType.EndObject or JsonTokenType.EndArray)
                depth--;
            if (depth == 0 && Type != JsonTokenType.PropertyName)
                return;
            if (!TryRead())
                await ReadAsync();
        }
    }

    bool TryRead()
    {
        var reader = new Utf8JsonReader(_buffer.AsSpan(_begin, _end - _begin), _ended, _state);
        if (!reader.Read())
            return _ended ? throw new JsonException("it is truncated") : false;
        (Type, _token, _length) = (reader.TokenType, _begin + (int)reader.TokenStartIndex, reader.ValueSpan.Length);
        (_begin, _state) = (_begin + (int)reader.BytesConsumed, reader.CurrentState);
        return true;
    }

    async ValueTask FillAsync()
    {
        _buffer.AsSpan(_begin, _end - _begin).CopyTo(_buffer);
        (_begin, _end) = (0, _end - _begin);
        if (_end == MaxToken)
            throw new JsonException("a string is too long");
        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        _ended = read == 0;
        _end += read;
    }
}
