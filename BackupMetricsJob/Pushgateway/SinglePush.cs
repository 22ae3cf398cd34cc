using System.Net;
using System.Net.Http;

namespace BackupMetricsJob.Pushgateway;

/// <summary>
/// Makes one checked push of what a <c>MetricPusher</c> sends: it pushes when started and again when stopped, forgets the answer's words, does not
/// encode the path and neither retries nor gives up. The first request is delivered to <paramref name="url"/>, every later one is answered
/// with 200 and goes nowhere. The pusher never sees a failure; who wants to know how it went asks <see cref="Outcome"/>.
/// </summary>
internal sealed class SinglePush(
    Uri url, GatewayCredentials? credentials, Delivery delivery, TimeProvider clock, HttpMessageHandler transport, CancellationToken hardStop)
    : DelegatingHandler(transport)
{
    readonly TaskCompletionSource<PushOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int _requests;

    /// <summary>Ends with the first request; fails only by a bug, such as a registry that cannot be serialised.</summary>
    public Task<PushOutcome> Outcome => _outcome.Task;

    /// <summary>For a failure that comes before any request, which would otherwise leave <see cref="Outcome"/> open for ever.</summary>
    public void Fail(Exception failure) => _outcome.TrySetException(failure);

    /// <summary>Blocks the pusher's own thread: a task that is waited for would have to be compiled all the way up, which takes longer than the push.</summary>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _requests) == 1) Deliver(request);
#pragma warning disable CA2000 // The pusher's.
        return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { RequestMessage = request });
#pragma warning restore CA2000
    }

    void Deliver(HttpRequestMessage request)
    {
        try
        {
            var body = ExpositionBody.Read(request.Content);
            _outcome.TrySetResult(body.Fault() is { } fault
                ? delivery.Withhold(fault)
                : delivery.Run(new Exchange(request.Method, url, body, credentials, base.Send, clock), hardStop));
        }
#pragma warning disable CA1031 // Whatever it is, it belongs to whoever awaits the outcome; a pusher would only trace it.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            _outcome.TrySetException(bug);
        }
    }
}
