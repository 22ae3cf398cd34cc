using System.Net;
using System.Net.Http;
using BackupMetricsJob.Http;

namespace BackupMetricsJob.Pushgateway;

/// <summary>
/// Turns a <c>MetricPusher</c> into a single checked push. A MetricPusher pushes when started and again when stopped, discards the
/// response, does not encode the path and does not retry
/// (https://github.com/prometheus-net/prometheus-net/blob/master/Prometheus/MetricPusher.cs). This handler sends the first request to
/// <paramref name="url"/> and answers every later one with 200 itself. The pusher sees no failure; <see cref="Outcome"/> reports it.
/// </summary>
/// <param name="cancellationToken">Cancels the push; MetricPusher does not pass a token.</param>
internal sealed class SinglePushHandler(
    Uri url,
    ClientCredentials? credentials,
    RetryLoop retryLoop,
    TimeProvider clock,
    HttpMessageHandler transport,
    CancellationToken cancellationToken
) : DelegatingHandler(transport)
{
    readonly TaskCompletionSource<PushOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int _requests;

    /// <summary>Completes with the first request. Faults only for a bug, such as a registry that cannot be serialised.</summary>
    public Task<PushOutcome> Outcome => _outcome.Task;

    /// <summary>Reports a failure before the first request, which would otherwise leave <see cref="Outcome"/> incomplete.</summary>
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
                    ? retryLoop.NothingSent("there is nothing to push")
                    : await retryLoop.RunAsync(
                        new PushRequest(request.Method, url, body, credentials, base.SendAsync, clock),
                        cancellationToken
                    )
            );
        }
#pragma warning disable CA1031 // The caller gets it through Outcome; MetricPusher would only trace it.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            _outcome.TrySetException(bug);
        }
    }
}
