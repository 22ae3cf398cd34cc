using System.IO.Compression;
using System.Net;
using System.Net.Http;

namespace BackupMetricsJob.Pushgateway;

/// <summary>
/// The text of one push, serialised once, so that every attempt sends the same bytes. A long one is kept compressed: the 50 MB of ten
/// thousand servers are a few then, and memory stays small.
/// </summary>
internal sealed class ExpositionBody
{
    const string ContentType = "Content-Type";

    readonly BodyRecorder _recorded;
    readonly string? _type;

    ExpositionBody(BodyRecorder recorded, string? type)
    {
        _recorded = recorded;
        _type = type;
    }

    public static ExpositionBody Read(HttpContent? content)
    {
        var recorder = new BodyRecorder();
        content?.CopyToAsync(recorder).GetAwaiter().GetResult();
        recorder.Complete();
        return new ExpositionBody(recorder, content is null ? null : TypeOf(content));
    }

    /// <summary>Why the text must not leave the process, or null. An empty one would empty the group; the others a gateway cannot read.</summary>
    public string? Fault() => _recorded.Fault;

    public bool IsCompressed => _recorded.IsCompressed;

    /// <param name="asText">Whether it is sent uncompressed in any case.</param>
    public Content ToContent(bool asText) => new(_recorded, _type, _recorded.IsCompressed && !asText);

    /// <summary>The header as it was given; parsing it would cost a run more than the rest of its headers.</summary>
    public static string? TypeOf(HttpContent content) => content.Headers.NonValidated.TryGetValues(ContentType, out var type) ? type.ToString() : null;

    /// <summary>The body in one request; it knows whether any of it may have left us.</summary>
    internal sealed class Content : HttpContent
    {
        const int MostThatIsShort = 256 * 1024;

        readonly BodyRecorder _body;

        public Content(BodyRecorder body, string? type, bool gzip)
        {
            _body = body;
            IsGzip = gzip;
            if (type is not null) Headers.TryAddWithoutValidation(ContentType, type);
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
