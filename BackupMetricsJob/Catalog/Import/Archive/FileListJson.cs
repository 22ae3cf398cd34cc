using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;

namespace BackupMetricsJob.Catalog.Import.Archive;

/// <summary>
/// A list of files as JSON, read as a stream: an array of objects with a Path (rclone lsjson), or an object with a member for each path
/// (pgbackrest repo-ls).
/// </summary>
internal sealed class FileListJson(ArchiveContent content)
{
    const int MaxPath = 64 * 1024;

    readonly byte[] _path = new byte[MaxPath];

    int _pathLength;
    string _key = "";
    long? _size;
    long _storedAt = SegmentRanges.Unknown;
    bool _isFile = true;
    bool _isArray;
    bool _hasEnded;

    public static async Task ReadAsync(PipeReader pipe, ArchiveContent content, CancellationToken cancellationToken)
    {
        var list = new FileListJson(content);
        var state = new JsonReaderState();
        while (true)
        {
            var read = await pipe.ReadAsync(cancellationToken);
            var consumed = list.Take(read.Buffer, read.IsCompleted, ref state);
            pipe.AdvanceTo(consumed, read.Buffer.End);
            if (read.IsCompleted)
                break;
        }

        if (!list._hasEnded)
            throw new ListingException("$", "the input ends in the middle of the JSON: the listing is not whole");
    }

    SequencePosition Take(ReadOnlySequence<byte> buffer, bool isLast, ref JsonReaderState state)
    {
        // Not the final block: then an invalid token is an exception, but a missing one is not.
        var reader = new Utf8JsonReader(buffer, isFinalBlock: false, state);
        try
        {
            while (reader.Read())
                Take(ref reader);
        }
        catch (JsonException e)
        {
            throw new ListingException("$", $"not JSON: {PlainText.OnOneLine(e.Message.Split(" LineNumber:")[0])}");
        }
        catch (InvalidOperationException)
        {
            throw new ListingException("$", "a text in it is not valid UTF-8 or Unicode");
        }

        state = reader.CurrentState;
        if (!isLast && buffer.Slice(reader.Position).Length > 4 * MaxPath)
            throw new ListingException("$", $"a text in it is longer than {4 * MaxPath} bytes");
        return reader.Position;
    }

    void Take(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType, reader.CurrentDepth)
        {
            case (JsonTokenType.StartArray, 0):
                _isArray = true;
                break;
            case (JsonTokenType.StartObject, 0):
                break;
            case (JsonTokenType.EndArray or JsonTokenType.EndObject, 0):
                _hasEnded = true;
                break;
            case (JsonTokenType.PropertyName, 1):
                SetPath(ref reader);
                break;
            case (JsonTokenType.StartObject, 1):
                Begin();
                break;
            case (JsonTokenType.EndObject, 1):
                End();
                break;
            case (JsonTokenType.PropertyName, 2):
                _key = Key(ref reader);
                break;
            case (_, 2):
                TakeValue(ref reader);
                break;
            case (_, > 2):
                break;
            default:
                throw new ListingException("$", $"an object for each file is expected here, not {Fields.Named(reader.TokenType)}");
        }
    }

    void Begin()
    {
        (_size, _storedAt, _isFile) = (null, SegmentRanges.Unknown, true);
        if (_isArray)
            _pathLength = 0;
    }

    void End()
    {
        if (_pathLength == 0)
            throw new ListingException("$", $"an object has no Path: expected is the output of {ArchiveReader.Commands}");
        if (_isFile)
            content.Add(_path.AsSpan(0, _pathLength), _size, _storedAt);
    }

    void TakeValue(ref Utf8JsonReader reader)
    {
        switch (_key, reader.TokenType)
        {
            case ("Path", JsonTokenType.String) when _isArray:
                SetPath(ref reader);
                break;
            case ("Size" or "size", JsonTokenType.Number) when reader.TryGetInt64(out var size) && size >= 0:
                _size = size;
                break;
            case ("ModTime", JsonTokenType.String) when reader.TryGetDateTimeOffset(out var time):
                _storedAt = (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
                break;
            case ("time", JsonTokenType.Number) when reader.TryGetInt64(out var seconds) && Math.Abs(seconds) < 100_000_000_000:
                _storedAt = seconds * 1_000_000;
                break;
            case ("IsDir", JsonTokenType.True):
                _isFile = false;
                break;
            case ("type", JsonTokenType.String):
                _isFile = reader.ValueTextEquals("file"u8);
                break;
            default:
                break;
        }
    }

    static string Key(ref Utf8JsonReader reader)
    {
        foreach (var key in (ReadOnlySpan<string>)["Path", "Size", "ModTime", "IsDir", "size", "time", "type"])
        {
            if (reader.ValueTextEquals(key))
                return key;
        }

        return "";
    }

    void SetPath(ref Utf8JsonReader reader)
    {
        if ((reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length) > MaxPath)
            throw new ListingException("$", $"a path is longer than {MaxPath} bytes");
        _pathLength = reader.CopyString(_path);
    }
}
