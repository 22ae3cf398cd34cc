using System.Net.Http;
using System.Text;

namespace BackupMetricsJob.Http;

/// <summary>Calls one URL of a heartbeat, with retries if these may help, within a time limit.</summary>
internal static class HeartbeatRequest
{
    /// <summary>After this many attempts the service counts as down. It will alert anyway, because it misses this run.</summary>
    const int MaxAttempts = 3;

    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    sealed record Answer(string? Failure, bool IsRetryable);

    /// <param name="url">The URL, which never occurs in the result.</param>
    /// <param name="text">The text that the service may show to people.</param>
    /// <param name="max">The limit for all attempts.</param>
    /// <returns>Null, or why the first attempt did not arrive. Later attempts may have failed only for lack of time.</returns>
    public static async Task<string?> SendAsync(Uri url, string text, TimeSpan max, TimeProvider clock, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        string? first = null;
        for (var attempts = 1; ; attempts++)
        {
            var answer = await SendOnceAsync(url, text, max - clock.GetElapsedTime(start), clock, cancellationToken);
            if (answer.Failure is null)
                return null;
            first ??= answer.Failure;
            if (!answer.IsRetryable || attempts == MaxAttempts || max - clock.GetElapsedTime(start) < 2 * Pause)
                return first;
            await Task.Delay(Pause, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    static async Task<Answer> SendOnceAsync(Uri url, string text, TimeSpan timeout, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var client = new HttpClient(Transport.To(url, null, timeout)) { Timeout = Timeout.InfiniteTimeSpan };
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent(text, Encoding.UTF8, "text/plain") };
        return await TimedRequest.RunAsync(request, null, client.SendAsync, timeout, clock, ReadAsync, Failed, cancellationToken);
    }

    // The response is never quoted, because it may repeat the URL.
    static async Task<Answer> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        if (status is >= 300 and < 400)
            return new($"it redirects (HTTP {status}): give the URL that it redirects to", false);
        if (status is < 200 or >= 300)
            return new($"HTTP {status}{(status == 404 ? ": there is no such check" : "")}", RetryableStatus.Includes(status));
        // healthchecks.io responds with this and status 200 if it does not know the UUID, or if there are too many calls.
        var (said, _) = await TimedRequest.ReadAnswerAsync(response.Content, cancellationToken);
        return said switch
        {
            "OK (not found)" => new("there is no such check", false),
            "OK (rate limited)" => new("it was called too often", false),
            _ => new(null, false),
        };
    }

    static Answer Failed(RequestFailure reason, string words, Exception? failure) =>
        reason switch
        {
            RequestFailure.TimedOut => new($"no answer {words}", false),
            RequestFailure.Cancelled => new("the run ended before it answered", false),
            _ => new(words, failure is null || !NetworkFailure.IsFinal(failure)),
        };
}
