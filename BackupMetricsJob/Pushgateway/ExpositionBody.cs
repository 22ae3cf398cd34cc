using System.IO.Compression;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;

namespace BackupMetricsJob.Pushgateway;

/// <summary>The text of a push, serialised once so that every attempt sends the same bytes.</summary>
internal sealed class ExpositionBody(CompressingBuffer recorded, MediaTypeHeaderValue? type)
{
    readonly ArraySegment<byte> _kept = recorded.Complete();
    readonly MediaTypeHeaderValue? _type = type;

    /// <summary>Zero for an empty text, which would delete the group's metrics.</summary>
    public long TextLength { get; } = recorded.TextLength;

    public bool IsCompressed { get; } = recorded.IsCompressed;

    public static async Task<ExpositionBody> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var recorder = new CompressingBuffer();
        await content.CopyToAsync(recorder, cancellationToken);
        return new ExpositionBody(recorder, content.Headers.ContentType);
    }

    /// <param name="asText">Whether to send the text uncompressed in any case.</param>
    public Content ToContent(bool asText) => new(this, IsCompressed && !asText);

    /// <summary>The body of one request. It knows whether sending has started.</summary>
    internal sealed class Content : HttpContent
    {
        const int MaxShort = 256 * 1024;

        readonly ExpositionBody _body;
        readonly bool _gzip;

        public Content(ExpositionBody body, bool gzip)
        {
            (_body, _gzip) = (body, gzip);
            Headers.ContentType = body._type;
            if (gzip)
                Headers.ContentEncoding.Add("gzip");
        }

        /// <summary>Whether it is long enough to wait for "100 Continue" before sending it.</summary>
        public bool IsLong => Length > MaxShort;

        public bool IsSendingStarted { get; private set; }

        long Length => _gzip ? _body._kept.Count : _body.TextLength;

        protected override bool TryComputeLength(out long length)
        {
            length = Length;
            return true;
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            IsSendingStarted = true;
            if (_gzip || !_body.IsCompressed)
            {
                await stream.WriteAsync(_body._kept, cancellationToken);
                return;
            }

            using var kept = new MemoryStream(_body._kept.Array!, 0, _body._kept.Count, writable: false);
            await using var text = new GZipStream(kept, CompressionMode.Decompress);
            await text.CopyToAsync(stream, 64 * 1024, cancellationToken);
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);
    }
}
