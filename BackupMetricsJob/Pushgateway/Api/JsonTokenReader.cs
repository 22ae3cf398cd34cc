using System.Text.Json;

namespace BackupMetricsJob.Pushgateway.Api;

/// <summary>
/// Reads JSON token by token from a stream of any length, and holds no more of it than the token at hand. What is no JSON, or ends early,
/// is a
/// <see cref="JsonException"/>.
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

    /// <summary>The next token becomes the one at hand.</summary>
    public async ValueTask<JsonTokenType> ReadAsync()
    {
        while (!TryRead())
            await FillAsync();
        return Type;
    }

    /// <summary>Whether another name comes, which is the one at hand then; else the object is at its end.</summary>
    public async ValueTask<bool> ReadNameAsync() => await ReadAsync() == JsonTokenType.PropertyName;

    public void Expect(JsonTokenType type)
    {
        if (Type != type)
            throw new JsonException("it is JSON of another shape");
    }

    /// <summary>Whether the name or the text at hand is this, which is plain ASCII.</summary>
    public bool Is(ReadOnlySpan<byte> text) => _buffer.AsSpan(_token + 1, _length).SequenceEqual(text);

    /// <summary>The name or the text at hand.</summary>
    public string Text()
    {
        if (Type is not (JsonTokenType.PropertyName or JsonTokenType.String))
            throw new JsonException("it is JSON of another shape");
        try
        {
            var reader = new Utf8JsonReader(_buffer.AsSpan(_token, _length + 2));
            reader.Read();
            return reader.GetString()!;
        }
        catch (InvalidOperationException failure)
        {
            throw new JsonException("a text in it is not well-formed Unicode", failure);
        }
    }

    /// <summary>The value at hand, or the next one after a name, with all that is in it.</summary>
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
            return _ended ? throw new JsonException("it ends too early") : false;
        (Type, _token, _length) = (reader.TokenType, _begin + (int)reader.TokenStartIndex, reader.ValueSpan.Length);
        (_begin, _state) = (_begin + (int)reader.BytesConsumed, reader.CurrentState);
        return true;
    }

    async ValueTask FillAsync()
    {
        _buffer.AsSpan(_begin, _end - _begin).CopyTo(_buffer);
        (_begin, _end) = (0, _end - _begin);
        if (_end == MaxToken)
            throw new JsonException("a text in it is too long");
        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        _ended = read == 0;
        _end += read;
    }
}
