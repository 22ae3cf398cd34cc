using System.Globalization;
using System.Net;
using System.Net.Http;
using System.Text;

namespace BackupMetricsJob.Pushgateway;

/// <summary>Reads the answer to a request that asked for the connection to be closed after it: whole, or as much of it as comes and fits.</summary>
/// <remarks>RFC 9112: interim answers are skipped; the body's end is told by its chunks, its length, or the end of the connection.</remarks>
internal static class PlainHttpAnswer
{
    const int MostOfAHead = 64 * 1024;
    const int MostOfABody = 256 * 1024;

    /// <exception cref="HttpRequestException">It is no HTTP, or ended before its head did.</exception>
    public static HttpResponseMessage Read(Stream stream)
    {
        using var input = new BufferedStream(stream, 4096);
        while (true)
        {
            var (status, reason) = StatusOf(Line(input));
#pragma warning disable CA2000 // It holds nothing but memory, and is the caller's.
            var response = new HttpResponseMessage((HttpStatusCode)status) { ReasonPhrase = reason, Content = new ByteArrayContent([]) };
#pragma warning restore CA2000
            var length = ReadHeaders(input, response, out var chunked);
            if (status is >= 100 and < 200) continue;
            var none = status is 204 or 304;
            response.Content = Body(input, response.Content, none ? 0 : length, chunked && !none);
            return response;
        }
    }

    static (int Status, string Reason) StatusOf(string line)
    {
        if (line.Length >= 12 && line.StartsWith("HTTP/1.", StringComparison.Ordinal) && line[8] == ' '
            && int.TryParse(line.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status >= 100
            && (line.Length == 12 || line[12] == ' '))
            return (status, line.Length > 13 ? line[13..] : "");
        throw Invalid(line);
    }

    static long? ReadHeaders(Stream input, HttpResponseMessage response, out bool chunked)
    {
        long? length = null;
        chunked = false;
        var size = 0;
        for (var line = Line(input); line.Length > 0; line = Line(input))
        {
            size += line.Length;
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 1 || size > MostOfAHead) throw Invalid(line);
            var (name, value) = (line[..colon], line[(colon + 1)..].Trim());
            if (name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase)) chunked = value.EndsWith("chunked", StringComparison.OrdinalIgnoreCase);
            else if (name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
                length = long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var said) ? said : throw Invalid(line);
            else if (!response.Headers.TryAddWithoutValidation(name, value)) response.Content.Headers.TryAddWithoutValidation(name, value);
        }

        return length;
    }

    static AnswerContent Body(Stream input, HttpContent empty, long? length, bool chunked)
    {
        var buffer = new MemoryStream();
        var whole = false;
        try
        {
            whole = chunked ? ReadChunks(input, buffer) : Copy(input, buffer, length ?? long.MaxValue) || length is null;
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException or HttpRequestException)
        {
            // The status is known and stays true; what is missing of its words is told by the content.
        }

        var content = new AnswerContent(buffer.ToArray(), whole);
        foreach (var (name, values) in empty.Headers) content.Headers.TryAddWithoutValidation(name, values);
        return content;
    }

    static bool ReadChunks(Stream input, MemoryStream to)
    {
        while (true)
        {
            var size = Line(input);
            var end = size.IndexOf(';', StringComparison.Ordinal);
            if (!long.TryParse(end < 0 ? size : size[..end], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var length)) return false;
            if (length == 0) return true;
            if (!Copy(input, to, length) || Line(input).Length > 0) return false;
        }
    }

    // False where the input ended first, or more came than anybody reads.
    static bool Copy(Stream input, MemoryStream to, long length)
    {
        var buffer = new byte[4096];
        while (length > 0)
        {
            var read = input.Read(buffer, 0, (int)Math.Min(buffer.Length, length));
            if (read == 0 || to.Length + read > MostOfABody) return false;
            to.Write(buffer, 0, read);
            length -= read;
        }

        return true;
    }

    static string Line(Stream input)
    {
        var line = new StringBuilder();
        for (var next = input.ReadByte(); next != '\n'; next = input.ReadByte())
        {
            if (next < 0) throw new HttpRequestException(HttpRequestError.ResponseEnded, "The response ended prematurely.");
            if (line.Length > MostOfAHead) throw Invalid(line.ToString(0, 40));
            line.Append((char)next);
        }

        if (line.Length > 0 && line[^1] == '\r') line.Length--;
        return line.ToString();
    }

    static HttpRequestException Invalid(string line) =>
        new(HttpRequestError.InvalidResponse, $"Received an invalid line of HTTP: '{(line.Length > 80 ? line[..80] : line)}'.");

    /// <summary>What came of the body. Reading past the end of one that was cut off fails, as it would have on the network.</summary>
    sealed class AnswerContent(byte[] bytes, bool whole) : HttpContent
    {
        protected override bool TryComputeLength(out long length)
        {
            length = whole ? bytes.Length : 0;
            return whole;
        }

        protected override Stream CreateContentReadStream(CancellationToken cancellationToken) => whole ? new MemoryStream(bytes) : new CutOff(bytes);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => throw new NotSupportedException("Only its stream is read.");
    }

    sealed class CutOff(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) =>
            base.Read(buffer, offset, count) is > 0 and var read ? read : throw new IOException("The response ended prematurely.");
    }
}
