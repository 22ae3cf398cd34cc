using System.Globalization;
using System.Net.Http;
using System.Text;

namespace BackupMetricsJob.Http;

/// <summary>
/// One request with a timeout that includes reading the response. Network failures, the timeout and cancellation are values.
/// </summary>
internal static class TimedRequest
{
    /// <summary>A consistency error lists every inconsistent series. The first ones are enough.</summary>
    const int MaxAnswer = 64 * 1024;

    /// <param name="read">Converts a response of any status.</param>
    /// <param name="fail">Converts a failure: its kind, a message, and the exception if the network failed.</param>
    public static async Task<T> RunAsync<T>(
        HttpRequestMessage request,
        ClientCredentials? credentials,
        Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> send,
        TimeSpan timeout,
        TimeProvider clock,
        Func<HttpResponseMessage, CancellationToken, Task<T>> read,
        Func<RequestFailure, string, Exception?, T> fail,
        CancellationToken cancellationToken
    )
    {
        if (timeout <= TimeSpan.Zero)
            timeout = TimeSpan.FromTicks(1);
        using var late = new CancellationTokenSource(timeout, clock);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        request.Headers.ConnectionClose = true;
        if (credentials is not null)
            request.Headers.Authorization = credentials.Header;
        try
        {
            using var response = await send(request, end.Token);
            return await read(response, end.Token);
        }
        catch (OperationCanceledException)
        {
            return cancellationToken.IsCancellationRequested
                ? fail(RequestFailure.Cancelled, "", null)
                : fail(
                    RequestFailure.TimedOut,
                    string.Create(CultureInfo.InvariantCulture, $"within {timeout.TotalSeconds:0.###} s"),
                    null
                );
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            return fail(RequestFailure.Unreachable, NetworkFailure.Reason(failure), failure);
        }
    }

    /// <summary>As much of the body as arrives and fits. The status remains valid even if the body is cut off.</summary>
    internal static async Task<(string Answer, bool Whole)> ReadAnswerAsync(HttpContent content, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength == 0)
            return ("", true);
        var buffer = new byte[MaxAnswer];
        var length = 0;
        try
        {
            await using var stream = await content.ReadAsStreamAsync(cancellationToken);
            for (var read = 1; read > 0 && length < buffer.Length; length += read)
                read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken);
            return (Encoding.UTF8.GetString(buffer, 0, length), true);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException)
        {
            return (Encoding.UTF8.GetString(buffer, 0, length), false);
        }
    }
}
