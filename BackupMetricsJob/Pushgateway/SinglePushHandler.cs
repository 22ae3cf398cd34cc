using System.Net;
using System.Net.Http;
using BackupMetricsJob.Http;

namespace BackupMetricsJob.Pushgateway;

/// <summary>
/// Makes one checked push of what a <c>MetricPusher</c> sends: it pushes when started and again when stopped, forgets the answer's words,
/// does not encode the path and neither retries nor gives up. The first request is delivered to <paramref name="url"/>, every later one is
/// answered with 200 and goes nowhere. The pusher never sees a failure; who wants to know how it went asks <see cref="Outcome"/>.
/// </summary>
/// <param name="stop">Ends the push; the pusher has no token of its own to give.</param>
internal sealed class SinglePushHandler(
    Uri url,
    ClientCredentials? credentials,
    RetryLoop delivery,
    TimeProvider clock,
    HttpMessageHandler transport,
    CancellationToken stop
) : DelegatingHandler(transport)
{
    readonly TaskCompletionSource<PushOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int _requests;

    /// <summary>Ends with the first request; fails only by a bug, such as a registry that cannot be serialised.</summary>
    public Task<PushOutcome> Outcome => _outcome.Task;

    /// <summary>For a failure that comes before any request, which would otherwise leave <see cref="Outcome"/> open for ever.</summary>
    public void Fail(Exception failure) => _outcome.TrySetException(failure);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _requests) == 1)
            await DeliverAsync(request);
        return new HttpResponseMessage(HttpStatusCode.OK) { RequestMessage = request };
    }

    async Task DeliverAsync(HttpRequestMessage request)
    {
        try
        {
            var body = await ExpositionBody.ReadAsync(request.Content!, CancellationToken.None);
            _outcome.TrySetResult(
                body.TextLength == 0
                    ? delivery.NothingSent("there is nothing to push")
                    : await delivery.RunAsync(new PushRequest(request.Method, url, body, credentials, base.SendAsync, clock), stop)
            );
        }
#pragma warning disable CA1031 // Whatever it is, it belongs to whoever awaits the outcome; a pusher would only trace it.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            _outcome.TrySetException(bug);
        }
    }
}
