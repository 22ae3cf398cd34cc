using System.Net.Http;
using Prometheus;

namespace BackupMetricsJob.Pushgateway;

/// <summary>A push to a gateway that is not there, and that stores everything: what a push does but for the network, so that it is loaded before it is needed.</summary>
internal sealed class PushRehearsal : HttpMessageHandler
{
    public static PushOutcome Play(CollectorRegistry registry)
    {
        var gateway = new Gateway(GatewayAddress.TryParse("http://127.0.0.1:9091", [])!);
        var key = GroupingKey.TryCreate("rehearsal", [new("instance", "none")], [])!;
        var budget = new PushBudget(PushBudget.DefaultAttemptTimeout, PushBudget.DefaultAttemptTimeout);
#pragma warning disable CA2000 // Disposed of with the client that it is given to.
        return Push.Send(registry, gateway, key, budget, TimeProvider.System, CancellationToken.None, transport: new PushRehearsal());
#pragma warning restore CA2000
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Stream.Null.Write(PlainHttp.Head(request, request.RequestUri!));
        request.Content!.CopyTo(Stream.Null, null, cancellationToken);
        return PlainHttpAnswer.Read(new MemoryStream("HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nContent-Length: 0\r\n\r\n"u8.ToArray()));
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Only Send: this handler blocks.");
}
