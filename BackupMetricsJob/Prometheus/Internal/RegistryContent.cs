using System.Net;
using System.Net.Http;

namespace Prometheus.Internal;

/// <summary>A registry as the body of a request, written while it is sent: its length is not known before.</summary>
internal sealed class RegistryContent : HttpContent
{
    readonly CollectorRegistry _registry;

    public RegistryContent(CollectorRegistry registry)
    {
        _registry = registry;
        // As it is, not parsed: that costs more at the start than all the rest of the headers.
        Headers.TryAddWithoutValidation("Content-Type", PrometheusConstants.TextContentTypeWithVersionAndEncoding);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        _registry.WriteAsync(stream, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        _registry.WriteAsync(stream, cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
