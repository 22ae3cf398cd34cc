using System.IO.Compression;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;

namespace BackupMetricsJob.Pushgateway;

/// <summary>
/// The text of one push, serialised once, so that every attempt sends the same bytes. A long one is kept compressed: the 50 MB of ten
/// thousand servers are a few then, and memory stays small.
/// </summary>
internal sealed class ExpositionBody
{
    readonly BodyRecorder _recorded;
    readonly MediaTypeHeaderValue? _type;

    ExpositionBody(BodyRecorder recorded, MediaTypeHeaderValue? type)
    {
        _recorded = recorded;
        _type = type;
    }

    public static ExpositionBody Read(HttpContent? content)
    {
        var recorder = new BodyRecorder();
        content?.CopyToAsync(recorder).GetAwaiter().GetResult();
        recorder.Complete();
        return new ExpositionBody(recorder, content?.Headers.ContentType);
    }

    /// <summary>Why the text must not leave the process, or null. An empty one would empty the group; the others a gateway cannot read.</summary>
    public string? Fault() => _recorded.Fault;

    public bool IsCompressed => _recorded.IsCompressed;

    /// <param name="asText">Whether it is sent uncompressed in any case.</param>
    public Content ToContent(bool asText) => new(_recorded, _type, _recorded.IsCompressed && !asText);

    /// <summary>The body in one request; it knows whether any of it may have left us.</summary>
    internal sealed class Content : HttpContent
    {
        const int MostThatIsShort = 256 * 1024;

        readonly BodyRecorder _body;

        public Content(BodyRecorder body, MediaTypeHeaderValue? type, bool gzip)
        {
            _body = body;
            IsGzip = gzip;
            Headers.ContentType = type;
            if (gzip) Headers.ContentEncoding.Add("gzip");
        }

        public bool IsGzip { get; }

        /// <summary>Whether it is so long that a gateway which does not want it should say so before it is all sent.</summary>
        public bool IsLong => Length > MostThatIsShort;

        public bool Left { get; private set; }

        long Length => IsGzip ? _body.Kept.Length : _body.TextLength;

        protected override bool TryComputeLength(out long length)
        {
            length = Length;
            return true;
        }

        protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            Left = true;
            if (IsGzip || !_body.IsCompressed)
            {
                stream.Write(_body.Kept);
                return;
            }

            using var kept = new MemoryStream(_body.Kept, writable: false);
            using var text = new GZipStream(kept, CompressionMode.Decompress);
            text.CopyTo(stream, 64 * 1024);
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => throw new NotSupportedException("It is sent by Send.");
    }
}
