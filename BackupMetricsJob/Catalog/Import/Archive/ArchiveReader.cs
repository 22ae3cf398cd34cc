using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;

namespace BackupMetricsJob.Catalog.Import.Archive;

/// <summary>
/// Reads the listing of a WAL archive, whose format it detects from the content. A long listing is read as a stream; only ranges are kept.
/// </summary>
internal static class ArchiveReader
{
    /// <summary>The accepted formats, for messages and the help.</summary>
    public const string Commands =
        "pgbackrest repo-ls --recurse --output=json archive/STANZA, wal-g wal-show --detailed-json, wal-g wal-verify "
        + "integrity timeline --json, "
        + "rclone lsjson -R --files-only REMOTE:PATH, or find DIR -type f -printf '%T@ %s %P\\n'";

    const int Peek = 64 * 1024;

    static readonly StreamPipeReaderOptions Options = new(bufferSize: 256 * 1024, minimumReadSize: 32 * 1024, leaveOpen: true);

    /// <param name="input">Read to its end.</param>
    /// <param name="segmentSize">The segment size that the user gave; null for none.</param>
    /// <exception cref="ListingException">The input is not the listing of a single archive.</exception>
    public static async Task<ParsedArchiveListing> ReadAsync(Stream input, long? segmentSize, CancellationToken cancellationToken)
    {
        var pipe = PipeReader.Create(input, Options);
        try
        {
            var content = new ArchiveContent(segmentSize);
            switch (await FormatAsync(pipe, cancellationToken))
            {
                case Format.Lines:
                    await FindLines.ReadAsync(pipe, content, cancellationToken);
                    break;
                case Format.Files:
                    await FileListJson.ReadAsync(pipe, content, cancellationToken);
                    break;
                case Format.WalShow:
                    Read(await JsonInput.ReadAsync(pipe, ToolDetector.Archive, cancellationToken), WalGArchive.ReadShow, content);
                    break;
                default:
                    Read(await JsonInput.ReadAsync(pipe, ToolDetector.Archive, cancellationToken), WalGArchive.ReadVerify, content);
                    break;
            }

            return content.Finish();
        }
        catch (ListingException refusal) when (refusal.IsOtherDocument)
        {
            throw await ExplainedAsync(refusal, pipe, cancellationToken);
        }
        catch (IOException e)
        {
            throw new ListingException("", $"the input broke off: {e.Message}");
        }
        finally
        {
            await pipe.CompleteAsync();
        }
    }

    static void Read(JsonText json, Action<JsonText, ArchiveContent> read, ArchiveContent content)
    {
        try
        {
            read(json, content);
        }
        catch (ListingException refusal) when (ToolDetector.Find(json) is { } other and not ToolDetector.Archive)
        {
            throw ToolDetector.NotOf(ToolDetector.Archive, other, refusal.Message);
        }
    }

    /// <summary>A refusal that names the tool whose list it is, if recognisable. Nothing has been consumed from the input yet.</summary>
    static async Task<ListingException> ExplainedAsync(ListingException refusal, PipeReader pipe, CancellationToken cancellationToken)
    {
        try
        {
            var json = await JsonInput.ReadAsync(pipe, ToolDetector.Archive, cancellationToken);
            return ToolDetector.Find(json) is { } other and not ToolDetector.Archive
                ? ToolDetector.NotOf(ToolDetector.Archive, other, refusal.Message)
                : refusal;
        }
        catch (ListingException)
        {
            return refusal; // It is not JSON either.
        }
    }

    /// <param name="isOther">Whether it is JSON that may be the list of a tool.</param>
    public static ListingException NotAListing(ReadOnlySequence<byte> utf8, string why, bool isOther = false)
    {
        var start = Encoding.UTF8.GetString(utf8.Slice(0, Math.Min(utf8.Length, 300)).ToArray()).TrimStart();
        return new("", $"{why}, it begins with {PlainText.Quoted(start.Split('\n', '\r')[0], 60)}. Expected is the output of {Commands}")
        {
            IsOtherDocument = isOther,
        };
    }

    static async Task<Format> FormatAsync(PipeReader pipe, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await pipe.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            if (buffer.Length >= 3 && buffer.Slice(0, 3).ToArray() is [0xEF, 0xBB, 0xBF])
            {
                pipe.AdvanceTo(buffer.GetPosition(3));
                continue;
            }

            if (buffer.Length < Peek && !read.IsCompleted)
            {
                pipe.AdvanceTo(buffer.Start, buffer.End);
                continue;
            }

            var format = FormatOf(buffer);
            pipe.AdvanceTo(buffer.Start);
            return format;
        }
    }

    static Format FormatOf(ReadOnlySequence<byte> buffer)
    {
        var start = buffer.Slice(0, Math.Min(buffer.Length, Peek)).ToArray().AsSpan();
        var first = start.IndexOfAnyExcept(" \t\r\n"u8);
        if (first < 0)
            throw new ListingException("", $"the input is empty. Expected is the output of {Commands}");
        if (char.IsAsciiDigit((char)start[first]))
            return Format.Lines;
        if (start[first] is not ((byte)'[' or (byte)'{'))
            throw NotAListing(buffer, "the input is no listing");
        var isArray = start[first] == '[';
        var (key, inner) = FirstKeys(buffer);
        return (isArray, key, inner) switch
        {
            (true, "id" or "parent_id", _) => Format.WalShow,
            (true, null or "Path" or "Name" or "Size" or "ModTime" or "ID" or "IsDir" or "MimeType", _) => Format.Files,
            (false, "integrity" or "timeline", _) => Format.WalVerify,
            (false, null, _) or (false, _, "type" or "size" or "time" or "destination") => Format.Files,
            _ => throw NotAListing(buffer, "the input is another document", isOther: true),
        };
    }

    /// <summary>The first key, and, if its value is an object, the first key in that.</summary>
    static (string? Key, string? Inner) FirstKeys(ReadOnlySequence<byte> buffer)
    {
        var reader = new Utf8JsonReader(buffer, isFinalBlock: false, default);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName)
                    continue;
                var key = reader.GetString();
                return
                    reader.Read()
                    && reader.TokenType == JsonTokenType.StartObject
                    && reader.Read()
                    && reader.TokenType == JsonTokenType.PropertyName
                    ? (key, reader.GetString())
                    : (key, null);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw NotAListing(buffer, "the input is no JSON");
        }

        return (null, null);
    }

    enum Format
    {
        Lines,
        Files,
        WalShow,
        WalVerify,
    }
}
