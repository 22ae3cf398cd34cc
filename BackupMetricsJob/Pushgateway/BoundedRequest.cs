using System.Globalization;
using System.Net.Http;

namespace BackupMetricsJob.Pushgateway;

/// <summary>
/// One request for a bounded time, the reading of its answer included. Network failures, the timeout and cancellation are values.
/// </summary>
internal static class BoundedRequest
{
    /// <param name="read">Makes something of an answer, whatever its status.</param>
    /// <param name="fail">Makes something of its absence: what happened, in words, and the exception if it was the network.</param>
    public static async Task<T> SendAsync<T>(
        HttpRequestMessage request,
        GatewayCredentials? credentials,
        Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> send,
        TimeSpan timeout,
        TimeProvider clock,
        Func<HttpResponseMessage, CancellationToken, Task<T>> read,
        Func<PushResult, string, Exception?, T> fail,
        CancellationToken cancellationToken)
    {
        if (timeout <= TimeSpan.Zero) timeout = TimeSpan.FromTicks(1);
        using var late = new CancellationTokenSource(timeout, clock);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        request.Headers.ConnectionClose = true;
        if (credentials is not null) request.Headers.Authorization = credentials.Header;
        try
        {
            using var response = await send(request, end.Token);
            return await read(response, end.Token);
        }
        catch (OperationCanceledException)
        {
            return cancellationToken.IsCancellationRequested
                ? fail(PushResult.Cancelled, "", null)
                : fail(PushResult.TimedOut, string.Create(CultureInfo.InvariantCulture, $"within {timeout.TotalSeconds:0.###} s"), null);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            return fail(PushResult.Unreachable, NetworkFailure.Reason(failure), failure);
        }
    }
}
