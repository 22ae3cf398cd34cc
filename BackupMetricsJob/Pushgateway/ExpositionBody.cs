using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text.Unicode;

namespace BackupMetricsJob.Pushgateway;

/// <summary>The text of one push, serialised once, so that every attempt sends the same bytes.</summary>
internal sealed class ExpositionBody(byte[] bytes, MediaTypeHeaderValue? type)
{
    public static ExpositionBody Read(HttpContent? content)
    {
        // The content closes the stream after it; a memory stream still gives its bytes then.
        var buffer = new MemoryStream();
        content?.CopyToAsync(buffer).GetAwaiter().GetResult();
        return new ExpositionBody(buffer.ToArray(), content?.Headers.ContentType);
    }

    /// <summary>Why the text must not leave the process, or null. An empty one would empty the group; the others a gateway cannot read.</summary>
    public string? Fault() => bytes switch
    {
        [] => "there is nothing to push",
        [0xEF, 0xBB, 0xBF, ..] => "the text to push begins with a byte order mark",
        [.., not (byte)'\n'] => "the text to push does not end with a line feed",
        _ when bytes.AsSpan().Contains((byte)0) => "the text to push has a NUL in it",
        _ when !Utf8.IsValid(bytes) => "the text to push is not UTF-8",
        _ => null,
    };

    public Content ToContent() => new(bytes, type);

    /// <summary>The body in one request; it knows whether any of it may have left us.</summary>
    internal sealed class Content : HttpContent
    {
        readonly byte[] _bytes;

        public Content(byte[] bytes, MediaTypeHeaderValue? type)
        {
            _bytes = bytes;
            Headers.ContentType = type;
        }

        public bool Left { get; private set; }

        protected override bool TryComputeLength(out long length)
        {
            length = _bytes.Length;
            return true;
        }

        protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            Left = true;
            stream.Write(_bytes);
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => throw new NotSupportedException("It is sent by Send.");
    }
}
