using System.Globalization;
using System.Net.Http;
using System.Text;

namespace BackupMetricsJob.Http;

/// <summary>
/// One request for a bounded time, the reading of its answer included. Network failures, the timeout and cancellation are values.
/// </summary>
internal static class BoundedRequest
{
    /// <summary>A consistency failure lists every series at fault; the first of them tell enough.</summary>
    const int MaxAnswer = 64 * 1024;

    /// <param name="read">Makes something of an answer, whatever its status.</param>
    /// <param name="fail">Makes something of its absence: what happened, in words, and the exception if it was the network.</param>
    public static async Task<T> SendAsync<T>(
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

    internal static bool IsUnknownToServer(int status) => status is 501 or 505;

    /// <summary>Whether another try may help. What a method or a version of HTTP is not known to, it will not be in a second.</summary>
    internal static bool IsTransient(int status) => status is 408 or 425 or 429 or >= 500 && !IsUnknownToServer(status);

    /// <summary>As much of the body as comes and fits; a status that is known stays true when its words are cut off.</summary>
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
