using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using BackupMetricsJob.Catalog.Import.Archive;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>
/// Reads a tool's whole output into memory, and refuses anything but one JSON document: nothing, a web page, a compressed file, text, a
/// truncated document, or one with more after its end. A byte order mark is ignored.
/// </summary>
internal static class JsonInput
{
    /// <summary>Three times the size of the longest list of 100,000 backups, which is pghoard's.</summary>
    const int MaxBytes = 256 * 1024 * 1024;

    static readonly StreamPipeReaderOptions Options = new(bufferSize: 1024 * 1024, leaveOpen: true);

    /// <summary>
    /// A reader for <see cref="ReadAsync"/>. Complete it when nothing uses the document any more, because its memory is reused.
    /// </summary>
    public static PipeReader Open(Stream input) => PipeReader.Create(input, Options);

    /// <param name="input">Read to its end.</param>
    /// <param name="tool">The tool that should have printed it, for the message.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<JsonText> ReadAsync(PipeReader input, string tool, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await input.ReadAsync(cancellationToken);
            if (read.Buffer.Length > MaxBytes)
                throw new ListingException("", $"the input is longer than {MaxBytes} bytes: no tool lists that many backups");
            if (read.IsCompleted)
                return Named(read.Buffer, tool);
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    static JsonText Named(ReadOnlySequence<byte> utf8, string tool)
    {
        try
        {
            return Checked(utf8, tool);
        }
        catch (ListingException refusal) when (tool != ToolDetector.Archive && FindLines.AreIn(utf8))
        {
            throw ToolDetector.NotOf(tool, ToolDetector.Archive, refusal.Message);
        }
        catch (ListingException refusal)
        {
            refusal.Servers = ToolDetector.Servers(utf8, tool);
            throw;
        }
    }

    static JsonText Checked(ReadOnlySequence<byte> utf8, string tool)
    {
        try
        {
            return Strictly(utf8, tool);
        }
        catch (ListingException) when (tool == "pgbackrest" && ControlCharacters.Mark(utf8) is { } marked)
        {
            return Strictly(new(marked), tool);
        }
    }

    static JsonText Strictly(ReadOnlySequence<byte> utf8, string tool)
    {
        var expected = $"the output of `{ToolOutput.Command(tool)}` is expected";
        if (utf8.Length >= 3 && utf8.Slice(0, 3).ToArray() is [0xEF, 0xBB, 0xBF])
            utf8 = utf8.Slice(3);

        // Not the final block: then an invalid token is an exception, but a missing one is not.
        var reader = new Utf8JsonReader(utf8, isFinalBlock: false, new JsonReaderState(JsonText.Deep));
        try
        {
            while (reader.Read()) { }
        }
        catch (JsonException) when (reader.TokenType == JsonTokenType.None)
        {
            throw new ListingException(
                "",
                $"the input is not JSON: it begins with {PlainText.Quoted(Beginning(utf8), 60)}; {expected}{MessagesHint(utf8)}"
            );
        }
        catch (JsonException error)
        {
            var words = PlainText.OnOneLine(error.Message.Split(" LineNumber:")[0]);
            throw new ListingException("$", $"not JSON at line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}: {words}");
        }

        if (Beginning(utf8).Length == 0)
            throw new ListingException("", $"the input is empty: {expected}{ToolOutput.EmptyHint(tool)}");
        if (reader.CurrentDepth > 0 || reader.TokenType is JsonTokenType.None or JsonTokenType.StartObject or JsonTokenType.StartArray)
            throw new ListingException("$", $"the input ends in the middle of the JSON, after {utf8.Length} bytes");
        return new JsonText(utf8, "$");
    }

    /// <summary>What to do if the tool's messages precede its list.</summary>
    static string MessagesHint(ReadOnlySequence<byte> utf8)
    {
        var start = Encoding.UTF8.GetString(utf8.Slice(0, Math.Min(utf8.Length, 65536)).ToArray());
        return start.Split('\n').Skip(1).Any(line => line.TrimStart() is ['[' or '{', ..])
            ? ". The list comes after it: do the tool's messages go into the pipe, too? Leave 2>&1 away"
            : "";
    }

    /// <summary>The first line that is not blank.</summary>
    static string Beginning(ReadOnlySequence<byte> utf8)
    {
        var start = Encoding.UTF8.GetString(utf8.Slice(0, Math.Min(utf8.Length, 300)).ToArray()).TrimStart();
        return start.Split('\n', '\r')[0];
    }
}
